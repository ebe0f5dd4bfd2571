//! Returns protocol errors as HTTP responses.

use std::convert::Infallible;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, Limited};
use rmcp::model::ErrorCode;
use serde_json::Value;

use crate::error_message::error_message;

/// A response from the transport.
pub(super) type McpResponse = Response<BoxBody<Bytes, Infallible>>;

/// The code that clients expect for a session that has ended.
const SESSION_NOT_FOUND: ErrorCode = ErrorCode(-32001);
/// Maximum size of a plain-text error from the transport. The rest isn't read.
const MAX_TEXT_BYTES: usize = 4096;

/// A protocol error.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ProtocolError {
    pub(super) status: StatusCode,
    pub(super) code: ErrorCode,
    /// The request ID, if it can be read.
    pub(super) id: Option<Value>,
    pub(super) message: String,
}

impl ProtocolError {
    /// Creates the error for a body that can't be parsed.
    pub(super) fn parse(message: impl Into<String>) -> Self {
        let (status, code) = (StatusCode::BAD_REQUEST, ErrorCode::PARSE_ERROR);
        Self { status, code, id: None, message: message.into() }
    }

    /// Creates the error for a message that isn't a valid request.
    pub(super) fn invalid_request(id: Option<Value>, message: impl Into<String>) -> Self {
        let (status, code) = (StatusCode::BAD_REQUEST, ErrorCode::INVALID_REQUEST);
        Self { status, code, id, message: message.into() }
    }

    /// Creates the error for a session that is unknown or has ended.
    pub(super) fn session_not_found() -> Self {
        let message = "session not found; start a new one with initialize".to_owned();
        Self { status: StatusCode::NOT_FOUND, code: SESSION_NOT_FOUND, id: None, message }
    }

    /// Returns the same error with a different status.
    pub(super) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    pub(super) fn to_json(&self) -> Value {
        error_message(self.code, &self.message, self.id.as_ref().unwrap_or(&Value::Null))
    }

    pub(super) fn into_response(self) -> McpResponse {
        json_response(self.status, &self.to_json())
    }
}

/// Creates a response with a JSON body.
pub(super) fn json_response(status: StatusCode, value: &Value) -> McpResponse {
    let mut response = Response::new(Full::new(Bytes::from(value.to_string())).boxed());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Converts a plain-text transport error to a JSON-RPC error.
pub(super) async fn errors_as_json_rpc(response: McpResponse, id: Option<Value>) -> McpResponse {
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    if !is_error || is_type(&response, "application/json") {
        return response;
    }
    let (parts, body) = response.into_parts();
    let text = Limited::new(body, MAX_TEXT_BYTES).collect().await.map(|text| text.to_bytes());
    let text = String::from_utf8_lossy(&text.unwrap_or_default()).into_owned();
    let (status, code) = match status {
        StatusCode::NOT_FOUND => (status, SESSION_NOT_FOUND),
        // The transport's response to a message that it can't decode.
        StatusCode::UNSUPPORTED_MEDIA_TYPE if !text.starts_with("Unsupported Media Type: Content-Type") => {
            (StatusCode::BAD_REQUEST, ErrorCode::INVALID_REQUEST)
        }
        status if status.is_server_error() => (status, ErrorCode::INTERNAL_ERROR),
        status => (status, ErrorCode::INVALID_REQUEST),
    };
    let mut response = ProtocolError { status, code, id, message: text }.into_response();
    for (name, value) in parts.headers {
        if let Some(name) = name.filter(|name| name != CONTENT_TYPE && name != http::header::CONTENT_LENGTH) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// Returns true if a response has this media type.
pub(super) fn is_type(response: &McpResponse, media_type: &str) -> bool {
    let value = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value.is_some_and(|value| {
        value.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(media_type)
    })
}
