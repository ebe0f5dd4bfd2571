//! `GET /openapi.json`: returns an OpenAPI description of the server's endpoints.

use axum::http::HeaderName;
use axum::http::header::CONTENT_TYPE;

use crate::state::SharedState;

/// Shows the server's OpenAPI document.
pub(crate) async fn show_openapi(state: SharedState) -> ([(HeaderName, &'static str); 1], &'static str) {
    ([(CONTENT_TYPE, "application/json")], state.openapi)
}
