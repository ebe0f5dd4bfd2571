//! Reads a request's body after the caller has been authenticated.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;

use crate::error::HttpError;
use crate::limits::MAX_BODY_BYTES;

/// Reads a body within the route's size limit. A handler's `Bytes` argument is read before the handler runs, whoever
/// sent it; a handler that takes the request can check the token first.
///
/// # Errors
/// Returns an error if the body is too large or incomplete.
pub async fn read_body(request: Request) -> Result<Bytes, HttpError> {
    Bytes::from_request(request, &()).await.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => HttpError::Status {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            message: format!("the body exceeds {MAX_BODY_BYTES} bytes"),
        },
        _ => HttpError::BadRequest("incomplete body".to_owned()),
    })
}
