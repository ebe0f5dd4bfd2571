//! Supports message batches, which exist only in protocol version 2025-03-26.

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use serde_json::Value;
use serde_json::value::RawValue;

use super::accept::AcceptedForm;
use super::errors::{McpResponse, ProtocolError, json_response};
use super::message::MessageHead;

/// The version with batches, which is also the default for requests without a version.
const BATCH_VERSION: &str = "2025-03-26";
const VERSION_HEADER: &str = "mcp-protocol-version";

/// Checks that the client may send batches.
///
/// # Errors
/// Returns a protocol error for versions without batches.
pub(super) fn check_version(headers: &HeaderMap) -> Result<(), ProtocolError> {
    let version = headers.get(VERSION_HEADER).map(|version| version.to_str().unwrap_or_default());
    match version.filter(|version| *version != BATCH_VERSION) {
        Some(version) => {
            let message =
                format!("protocol version {version} doesn't support batches; send one message per request");
            Err(ProtocolError::invalid_request(None, message))
        }
        None => Ok(()),
    }
}

/// Handles the messages one after the other. `send` sends a request with one message; its response is JSON.
pub(super) async fn run<F: Future<Output = McpResponse>>(
    parts: &Parts,
    messages: Vec<&RawValue>,
    form: AcceptedForm,
    send: impl Fn(Parts, MessageHead, Bytes) -> F,
) -> McpResponse {
    let mut responses = Vec::new();
    for message in messages {
        let head = match MessageHead::parse(message.get()) {
            Ok(head) if head.is_initialize => {
                let error = ProtocolError::invalid_request(head.id, "initialize can't be part of a batch");
                responses.push(error.to_json());
                continue;
            }
            Ok(head) => head,
            Err(error) => {
                responses.push(error.to_json());
                continue;
            }
        };
        let response = send(parts.clone(), head, Bytes::copy_from_slice(message.get().as_bytes())).await;
        let (response, body) = response.into_parts();
        let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        // A session that has ended affects the whole batch.
        if response.status == StatusCode::NOT_FOUND {
            return Response::from_parts(response, Full::new(body).boxed());
        }
        responses.extend(serde_json::from_slice::<Value>(&body).ok());
    }
    if responses.is_empty() {
        let mut response = Response::new(Full::new(Bytes::new()).boxed());
        *response.status_mut() = StatusCode::ACCEPTED;
        return response;
    }
    let responses = Value::Array(responses);
    if form != AcceptedForm::EventStream {
        return json_response(StatusCode::OK, &responses);
    }
    let mut response = Response::new(Full::new(Bytes::from(format!("data: {responses}\n\n"))).boxed());
    let event_stream = http::HeaderValue::from_static("text/event-stream");
    response.headers_mut().insert(http::header::CONTENT_TYPE, event_stream);
    response
}
