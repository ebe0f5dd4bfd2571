//! `GET /readyz`: whether the accounts can be used. The status tells everyone; what is wrong with an account is for
//! callers who have access to it.

use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Map, json};
use toolcrate_runtime::Value;

use crate::json_response::json_response;
use crate::state::SharedState;

/// Responds with 200 if every account can be used, otherwise with 503.
pub(crate) async fn show_readiness(state: SharedState, headers: HeaderMap) -> Response {
    let results = state.readiness.check(&state.accounts).await;
    let is_ready = !results.is_empty() && results.values().all(|account| account["ok"] == true);
    let visible: Map<String, Value> = state
        .accounts
        .iter()
        .filter(|(_, account)| account.is_open_to(&headers))
        .filter_map(|(id, _)| Some((id.to_owned(), results.get(id)?.clone())))
        .collect();
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    json_response(status, &json!({"ready": is_ready, "accounts": visible}))
}
