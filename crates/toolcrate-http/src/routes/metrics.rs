//! `GET /metrics`: returns the metrics of the process.

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::text::encode;

use crate::error::HttpError;
use crate::state::SharedState;

/// Shows the metrics, as OpenMetrics text, to anyone with access to an account.
pub(crate) async fn show_metrics(state: SharedState, headers: HeaderMap) -> Result<Response, HttpError> {
    state.accounts.open_any(&headers)?;
    let mut text = String::new();
    // Writing to a string can't fail.
    let _ = encode(&mut text, &state.metrics);
    let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(CONTENT_TYPE, content_type)], text).into_response())
}
