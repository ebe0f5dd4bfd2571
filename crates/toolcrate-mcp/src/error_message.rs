//! Builds JSON-RPC error messages.

use rmcp::model::ErrorCode;
use serde_json::{Value, json};

/// Creates an error message. `id` is null if the request ID is unknown, which the `rmcp` types don't allow.
pub(crate) fn error_message(code: ErrorCode, message: &str, id: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "error": {"code": code.0, "message": message}})
}
