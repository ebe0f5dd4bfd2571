//! `GET /readyz`: reports whether the server is ready. Anyone can read the status; seeing the details requires an
//! account token.

use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Map, json};
use toolcrate_runtime::Value;

use crate::json_response::json_response;
use crate::state::SharedState;

/// Responds with 200 if every account is usable and the store and audit log are writable; otherwise with 503.
pub(crate) async fn show_readiness(state: SharedState, headers: HeaderMap) -> Response {
    let result = state.readiness.check(&state.accounts, &state.context.audit).await;
    let visible: Map<String, Value> = state
        .accounts
        .iter()
        .filter(|(_, account)| account.is_open_to(&headers))
        .filter_map(|(id, _)| Some((id.to_owned(), result.accounts.get(id)?.clone())))
        .collect();
    let is_ready = result.is_ready();
    let mut body = json!({"ready": is_ready, "accounts": visible});
    if !visible.is_empty() {
        for (name, error) in [("state", &result.state_error), ("audit", &result.audit_error)] {
            body[name] = json!({"ok": error.is_none(), "message": error});
        }
    }
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    json_response(status, &body)
}
