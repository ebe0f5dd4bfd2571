//! Errors as Truto's SDK reads them. It never throws on them: what helps the model must stand in the body, and a
//! status that it would repeat (408, 409, 425, 429, 502, 503, 504, a POST too) is only given where repeating is safe.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use connectwise_psa::runtime::{Error, ErrorKind, RateLimit, Value};
use serde_json::json;

use toolcrate_executor::{ApprovalError, ExecuteError, Rejection};

/// What to wait after a 429 for which the API named no time, in seconds.
const WAIT: u64 = 10;

const LIMIT: &str = "ratelimit-limit";

/// The limit of an account, as the API told it last; 0 as long as it has not. Some of the API's answers 429 leave it
/// out, and clients look for it there.
#[derive(Clone, Debug, Default)]
pub struct LastLimit(Arc<AtomicU64>);

impl LastLimit {
    /// Remembers the limit that a response tells, or adds it to a 429 that does not.
    pub fn complete(&self, mut response: Response) -> Response {
        let told = response.headers().get(LIMIT).and_then(|limit| limit.to_str().ok()?.parse().ok());
        match told {
            Some(limit) => self.0.store(limit, Ordering::Relaxed),
            None if response.status() == StatusCode::TOO_MANY_REQUESTS => {
                let last = HeaderValue::from(self.0.load(Ordering::Relaxed));
                response.headers_mut().insert(HeaderName::from_static(LIMIT), last);
            }
            None => {}
        }
        response
    }
}

/// Marks a response to a call that certainly changed nothing: it can be made again without harm.
#[derive(Clone, Copy, Debug)]
pub struct NotDone;

fn not_done(mut response: Response) -> Response {
    response.extensions_mut().insert(NotDone);
    response
}

/// A response with JSON and the state of the rate limit.
pub fn json_with(status: StatusCode, limit: RateLimit, value: &Value) -> Response {
    let mut response = (status, value.to_string()).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in limit.headers() {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from(value));
    }
    response
}

/// A response with JSON.
pub fn json_of(status: StatusCode, value: &Value) -> Response {
    json_with(status, RateLimit::default(), value)
}

/// An error of this server, in a sentence.
pub fn plain(status: StatusCode, message: &str) -> Response {
    json_of(
        status,
        &json!({
            "statusCode": status.as_u16(),
            "error": status.canonical_reason().unwrap_or("Error"),
            "message": message,
        }),
    )
}

/// 400.
pub fn bad_request(message: &str) -> Response {
    plain(StatusCode::BAD_REQUEST, message)
}

/// 401. What is wrong with a token is not told.
pub fn unauthorized() -> Response {
    let mut response =
        plain(StatusCode::UNAUTHORIZED, "a token of this account is needed: Authorization: Bearer …");
    response.headers_mut().insert("www-authenticate", HeaderValue::from_static("Bearer"));
    response
}

/// Why a tool was not run, or how it failed; `writes` says whether the call could change something.
pub fn of_refusal(refusal: &ExecuteError, writes: bool) -> Response {
    let response = match refusal {
        ExecuteError::Rejected(Rejection::Invalid(error))
        | ExecuteError::RateLimited(error)
        | ExecuteError::Failed(error)
        | ExecuteError::OutcomeUnknown(error) => of_call(error, writes),
        ExecuteError::Rejected(Rejection::Approval(error)) => of_approval(error),
        ExecuteError::Rejected(rejection @ Rejection::NotOffered(_)) => {
            plain(StatusCode::FORBIDDEN, &rejection.to_string())
        }
        ExecuteError::Rejected(rejection) => plain(StatusCode::INTERNAL_SERVER_ERROR, &rejection.to_string()),
    };
    if refusal.changed_nothing() { not_done(response) } else { response }
}

/// 403, which no client repeats by itself: a person must approve first.
fn of_approval(refused: &ApprovalError) -> Response {
    let mut body = refused.to_json()["error"].take();
    body["statusCode"] = json!(StatusCode::FORBIDDEN.as_u16());
    body["error"] = json!("Forbidden");
    json_of(StatusCode::FORBIDDEN, &body)
}

/// The runtime's error; `writes` says whether the call could change something.
pub fn of_call(error: &Error, writes: bool) -> Response {
    let status = status(error, writes);
    let mut body = error.to_json()["error"].take();
    body["statusCode"] = json!(status.as_u16());
    body["error"] = json!(status.canonical_reason().unwrap_or("Error"));
    body["truto_is_remote_error"] = json!(error.status().is_some());
    if let Some(raw) = error.raw_response() {
        body["raw_response"] = raw.clone();
    }
    let mut limit = error.rate_limit();
    if status == StatusCode::TOO_MANY_REQUESTS {
        // A whole number of at least one: nought, or a date, would be read as "never again".
        let wait = error.retry_after().unwrap_or(WAIT).max(1);
        // Whichever of them a client reads, it comes back at the same time.
        (limit.retry_after, limit.reset) = (Some(wait), Some(wait));
        limit.remaining = limit.remaining.or(Some(0));
        body["retry_after"] = json!(wait);
        body["rate_limit"] = limit.to_json();
    }
    json_with(status, limit, &body)
}

fn status(error: &Error, writes: bool) -> StatusCode {
    let upstream = error.status().and_then(|status| StatusCode::from_u16(status).ok());
    match error.kind() {
        ErrorKind::InvalidArguments => StatusCode::BAD_REQUEST,
        ErrorKind::UnknownTool => StatusCode::NOT_FOUND,
        ErrorKind::Configuration | ErrorKind::OutcomeUnknown => StatusCode::INTERNAL_SERVER_ERROR,
        ErrorKind::Unreachable if writes => StatusCode::INTERNAL_SERVER_ERROR,
        ErrorKind::Unreachable => StatusCode::BAD_GATEWAY,
        ErrorKind::Timeout => StatusCode::GATEWAY_TIMEOUT,
        ErrorKind::Conflict => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorKind::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        // The account's own credentials are refused, not those of whoever asks us.
        ErrorKind::Unauthorized => StatusCode::FORBIDDEN,
        ErrorKind::Server if writes => StatusCode::INTERNAL_SERVER_ERROR,
        ErrorKind::Rejected if matches!(error.status(), Some(408 | 425)) => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorKind::Decode | ErrorKind::TooLarge | ErrorKind::NotJson => StatusCode::INTERNAL_SERVER_ERROR,
        // What is no error of HTTP means something else to whoever calls this server.
        _ => upstream
            .filter(|status| status.is_client_error() || status.is_server_error())
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
    }
}
