//! The OpenAPI document of these endpoints.

use axum::http::header::CONTENT_TYPE;

/// Serves it.
pub async fn document() -> ([(axum::http::HeaderName, &'static str); 1], &'static str) {
    ([(CONTENT_TYPE, "application/json")], include_str!("../../data/openapi.json"))
}
