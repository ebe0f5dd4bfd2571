//! Gives errors that the web framework reports, such as a body that is too large or a path that isn't UTF-8, the same
//! format as all other errors.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::error::HttpError;
use crate::limits::MAX_BODY_BYTES;

/// Maximum size of text that is converted to JSON. The framework's error messages are shorter.
const MAX_TEXT_BYTES: usize = 4096;

/// Converts a plain-text error to JSON.
pub(crate) async fn errors_as_json(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let content_type = response.headers().get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let is_text = content_type.is_empty() || content_type.starts_with(b"text/plain");
    let status = response.status();
    if !is_text || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let text = to_bytes(body, MAX_TEXT_BYTES).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&text).into_owned();
    let message = match status {
        StatusCode::PAYLOAD_TOO_LARGE => format!("the body exceeds {MAX_BODY_BYTES} bytes"),
        _ if text.trim().is_empty() => status.canonical_reason().unwrap_or("Error").to_owned(),
        _ => text,
    };
    let (json, body) = HttpError::Status { status, message }.into_response().into_parts();
    parts.headers.remove(CONTENT_LENGTH);
    parts.headers.extend(json.headers);
    Response::from_parts(parts, Body::new(body))
}

/// Responds to a method that a path doesn't support. The framework lists the supported methods in `Allow`.
pub(crate) async fn method_not_allowed(method: Method) -> HttpError {
    HttpError::MethodNotAllowed {
        method,
        location: "at this path; see /openapi.json for the allowed methods",
    }
}
