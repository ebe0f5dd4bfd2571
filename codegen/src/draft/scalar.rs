//! Writes strings as YAML scalars.

use serde_json::json;

/// Returns `text` as a YAML scalar. A JSON string is one.
pub fn quoted(text: &str) -> String {
    json!(text.split_whitespace().collect::<Vec<_>>().join(" ")).to_string()
}
