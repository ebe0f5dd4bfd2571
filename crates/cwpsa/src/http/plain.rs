//! Errors that the framework makes by itself, in the form of all others: a body that is too big, a path that is no text,
//! a method that means nothing at a path.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::{MOST_BODY, failure};

/// The framework's own sentences are shorter.
const MOST: usize = 4096;

/// Makes JSON of an error that is text. What the protocol at `/mcp` says is left as it is.
pub async fn as_json(request: Request, next: Next) -> Response {
    let is_ours = !request.uri().path().starts_with("/mcp");
    let response = next.run(request).await;
    let kind = response.headers().get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let is_text = kind.is_empty() || kind.starts_with(b"text/plain");
    let status = response.status();
    if !is_ours || !is_text || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let text = to_bytes(body, MOST).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&text).into_owned();
    let reason = status.canonical_reason().unwrap_or("Error");
    let message = match status {
        StatusCode::PAYLOAD_TOO_LARGE => format!("a request may have at most {MOST_BODY} bytes"),
        _ if text.trim().is_empty() => reason.to_owned(),
        _ => text,
    };
    let (json, body) = failure::plain(status, &message).into_parts();
    parts.headers.remove(CONTENT_LENGTH);
    parts.headers.extend(json.headers);
    Response::from_parts(parts, Body::new(body))
}

/// The answer to a method that means nothing at a path; the framework adds which ones do, in `Allow`.
pub async fn no_method(method: Method) -> Response {
    failure::plain(
        StatusCode::METHOD_NOT_ALLOWED,
        &format!("{method} means nothing at this path; /openapi.json tells what there is"),
    )
}
