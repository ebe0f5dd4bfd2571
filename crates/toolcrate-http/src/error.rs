//! Error responses in the format that Truto's SDK expects.
//!
//! The SDK doesn't throw on an error status, so the body contains the details that the model needs. The SDK retries
//! requests, even POSTs, on status 408, 409, 425, 429, 502, 503 and 504, so these are returned only when a retry is
//! safe.

use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use toolcrate_executor::{ApprovalError, ExecuteError, MAX_ERROR_BYTES, Rejection, limit_json, limit_text};
use toolcrate_runtime::{Error, ErrorKind};

use crate::filter_words::UnknownFilterWord;
use crate::json_response::{json_response, json_with_rate_limit};
use crate::query_string::{NotAFlag, NotSingleText, UnknownQueryParameter};
use crate::tool_filter::ToolFilterParamsError;
use crate::truto_filter::MethodFilterError;

/// Maximum length of a message in characters. A message may contain client input.
const MAX_CHARACTERS: usize = 2000;
/// Seconds to wait after a 429 if the API didn't specify a time.
const DEFAULT_RETRY_AFTER: u64 = 10;

/// The reason why a request failed. It can be converted to a response.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// The request is invalid (400).
    #[error("{0}")]
    BadRequest(String),
    /// The token is missing or grants no access (401). The reason isn't revealed.
    #[error("missing or invalid token (expected Authorization: Bearer <token>)")]
    Unauthorized,
    /// The request isn't allowed (403).
    #[error("{0}")]
    Forbidden(&'static str),
    /// The account, tool or path doesn't exist (404).
    #[error("{0}")]
    NotFound(String),
    /// The path doesn't support the method (405).
    #[error("{method} is not allowed {location}")]
    MethodNotAllowed {
        /// The request's method.
        method: Method,
        /// Where the method isn't allowed, and which methods are.
        location: &'static str,
    },
    /// A temporary server failure (500).
    #[error("{0}")]
    Internal(&'static str),
    /// Another status with a message.
    #[error("{message}")]
    Status {
        /// The response status.
        status: StatusCode,
        /// The error message.
        message: String,
    },
    /// An earlier call with the same Idempotency-Key may have been made (422, which no client retries automatically).
    #[error("{0}")]
    OutcomeUnknown(String),
    /// A call failed.
    #[error("{error}")]
    Execute {
        /// The error of the call.
        #[source]
        error: ExecuteError,
        /// True if the call could have changed data.
        is_write: bool,
    },
}

/// Marks a response to a call that certainly changed nothing, so it can safely be retried.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotExecuted;

/// Parameter errors are bad requests.
macro_rules! bad_requests {
    ($($error:ty),+ $(,)?) => {
        $(impl From<$error> for HttpError {
            fn from(error: $error) -> Self {
                Self::BadRequest(error.to_string())
            }
        })+
    };
}

bad_requests! {
    NotAFlag,
    NotSingleText,
    MethodFilterError,
    ToolFilterParamsError,
    UnknownFilterWord,
    UnknownQueryParameter,
}

impl HttpError {
    /// Converts the error of a call that was rejected before it was sent.
    pub(crate) fn from_rejection(rejection: Rejection, is_write: bool) -> Self {
        Self::Execute { error: rejection.into(), is_write }
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        let message = self.to_string();
        match self {
            Self::BadRequest(_) => message_response(StatusCode::BAD_REQUEST, &message),
            Self::Unauthorized => {
                let mut response = message_response(StatusCode::UNAUTHORIZED, &message);
                response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
                response
            }
            Self::Forbidden(_) => message_response(StatusCode::FORBIDDEN, &message),
            Self::NotFound(_) => message_response(StatusCode::NOT_FOUND, &message),
            Self::MethodNotAllowed { .. } => message_response(StatusCode::METHOD_NOT_ALLOWED, &message),
            Self::Internal(_) => message_response(StatusCode::INTERNAL_SERVER_ERROR, &message),
            Self::Status { status, .. } => message_response(status, &message),
            Self::OutcomeUnknown(_) => {
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                let mut body = message_body(status, &message);
                body["kind"] = json!(ErrorKind::OutcomeUnknown.as_str());
                json_response(status, &body)
            }
            Self::Execute { error, is_write } => execute_response(&error, is_write),
        }
    }
}

fn message_response(status: StatusCode, message: &str) -> Response {
    json_response(status, &message_body(status, message))
}

fn message_body(status: StatusCode, message: &str) -> Value {
    json!({
        "statusCode": status.as_u16(),
        "error": status.canonical_reason().unwrap_or("Error"),
        "message": limit_text(message, MAX_CHARACTERS),
    })
}

fn execute_response(error: &ExecuteError, is_write: bool) -> Response {
    let mut response = match error {
        ExecuteError::Rejected(Rejection::Invalid(error))
        | ExecuteError::RateLimited(error)
        | ExecuteError::Failed(error)
        | ExecuteError::OutcomeUnknown(error) => runtime_response(error, is_write),
        ExecuteError::Rejected(Rejection::Approval(error)) => approval_response(error),
        ExecuteError::Rejected(rejection @ Rejection::NotOffered(_)) => {
            message_response(StatusCode::FORBIDDEN, &rejection.to_string())
        }
        ExecuteError::Rejected(rejection) => {
            message_response(StatusCode::INTERNAL_SERVER_ERROR, &rejection.to_string())
        }
    };
    if error.changed_nothing() {
        response.extensions_mut().insert(NotExecuted);
    }
    response
}

/// Returns 403, which no client retries automatically: a person must approve first.
fn approval_response(error: &ApprovalError) -> Response {
    let mut body = error.to_json()["error"].take();
    body["statusCode"] = json!(StatusCode::FORBIDDEN.as_u16());
    body["error"] = json!("Forbidden");
    json_response(StatusCode::FORBIDDEN, &limit_json(body, MAX_ERROR_BYTES))
}

fn runtime_response(error: &Error, is_write: bool) -> Response {
    let status = runtime_status(error, is_write);
    let mut body = error.to_json()["error"].take();
    body["statusCode"] = json!(status.as_u16());
    body["error"] = json!(status.canonical_reason().unwrap_or("Error"));
    body["truto_is_remote_error"] = json!(error.status().is_some());
    if let Some(raw) = error.raw_response() {
        body["raw_response"] = raw.clone();
    }
    let mut limit = error.rate_limit();
    if status == StatusCode::TOO_MANY_REQUESTS {
        // The value must be an integer of at least 1, because clients interpret 0 or a date as "never retry".
        let wait = error.retry_after().map_or(DEFAULT_RETRY_AFTER, |wait| wait.as_secs()).max(1);
        // Clients read either one.
        (limit.retry_after, limit.reset) = (Some(wait), Some(wait));
        limit.remaining = limit.remaining.or(Some(0));
        body["retry_after"] = json!(wait);
        body["rate_limit"] = limit.to_json();
    }
    json_with_rate_limit(status, limit, &limit_json(body, MAX_ERROR_BYTES))
}

fn runtime_status(error: &Error, is_write: bool) -> StatusCode {
    let upstream = error.status().and_then(|status| StatusCode::from_u16(status).ok());
    match error.kind() {
        ErrorKind::InvalidArguments => StatusCode::BAD_REQUEST,
        ErrorKind::UnknownTool => StatusCode::NOT_FOUND,
        ErrorKind::Configuration | ErrorKind::OutcomeUnknown => StatusCode::INTERNAL_SERVER_ERROR,
        ErrorKind::Unreachable if is_write => StatusCode::INTERNAL_SERVER_ERROR,
        ErrorKind::Unreachable => StatusCode::BAD_GATEWAY,
        ErrorKind::Timeout => StatusCode::GATEWAY_TIMEOUT,
        ErrorKind::Conflict => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorKind::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        // The API rejected the account's credentials, not our caller's.
        ErrorKind::Unauthorized => StatusCode::FORBIDDEN,
        ErrorKind::Server if is_write => StatusCode::INTERNAL_SERVER_ERROR,
        ErrorKind::Rejected if matches!(error.status(), Some(408 | 425)) => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorKind::Decode | ErrorKind::TooLarge | ErrorKind::NotJson => StatusCode::INTERNAL_SERVER_ERROR,
        // A non-error status would tell our caller that the call succeeded.
        _ => upstream
            .filter(|status| status.is_client_error() || status.is_server_error())
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
    }
}
