//! Builds JSON responses.

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use toolcrate_runtime::{RateLimit, Value};

/// Creates a response with a JSON body.
pub fn json_response(status: StatusCode, value: &Value) -> Response {
    json_with_rate_limit(status, RateLimit::default(), value)
}

/// Creates a response with a JSON body and rate limit headers.
pub(crate) fn json_with_rate_limit(status: StatusCode, limit: RateLimit, value: &Value) -> Response {
    let mut response = (status, value.to_string()).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in limit.headers() {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from(value));
    }
    response
}
