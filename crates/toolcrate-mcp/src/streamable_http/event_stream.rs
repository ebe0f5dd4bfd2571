//! Extracts the response from an event stream, for clients that don't accept event streams.

use bytes::{Bytes, BytesMut};
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderValue, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use rmcp::model::ErrorCode;
use serde_json::Value;

use super::errors::{McpResponse, ProtocolError, is_type};
use super::prefixed_body::PrefixedBody;

/// Replaces an event stream with the JSON-RPC response in it. Notifications are dropped. If the server sends a request
/// to the client, the stream is passed through if `may_stream` is set; otherwise, the client gets an error.
pub(super) async fn response_as_json(
    response: McpResponse,
    id: Option<Value>,
    may_stream: bool,
) -> McpResponse {
    if !is_type(&response, "text/event-stream") {
        return response;
    }
    let (mut parts, mut body) = response.into_parts();
    let (mut received, mut parsed) = (BytesMut::new(), 0);
    while let Some(Ok(frame)) = body.frame().await {
        let Ok(data) = frame.into_data() else { continue };
        received.extend_from_slice(&data);
        while let Some(end) = event_end(&received[parsed..]) {
            let event = message(&received[parsed..parsed + end]);
            parsed += end;
            match event {
                Some((text, MessageKind::Response)) => {
                    parts.headers.remove(CONTENT_LENGTH);
                    parts.headers.remove(CACHE_CONTROL);
                    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                    return Response::from_parts(parts, Full::new(Bytes::from(text)).boxed());
                }
                Some((_, MessageKind::Request)) if may_stream => {
                    let prefix = Some(received.freeze());
                    return Response::from_parts(parts, PrefixedBody { prefix, rest: body }.boxed());
                }
                Some((_, MessageKind::Request)) => {
                    let message = "the server needs to ask the client first; accept text/event-stream";
                    let error = ProtocolError::invalid_request(id, message);
                    return error.with_status(StatusCode::NOT_ACCEPTABLE).into_response();
                }
                Some((_, MessageKind::Notification)) | None => {}
            }
        }
    }
    let (status, code) = (StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::INTERNAL_ERROR);
    ProtocolError { status, code, id, message: "the request has no response".to_owned() }.into_response()
}

/// The kind of a message from the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MessageKind {
    Response,
    Request,
    Notification,
}

/// Returns the length of the first event, including the empty line that ends it.
fn event_end(bytes: &[u8]) -> Option<usize> {
    let ends = [&b"\n\n"[..], b"\r\n\r\n", b"\r\r"];
    let positions = ends.iter().filter_map(|end| {
        bytes.windows(end.len()).position(|window| window == *end).map(|start| start + end.len())
    });
    positions.min()
}

/// Returns an event's message. Comments and events without data have none.
fn message(event: &[u8]) -> Option<(String, MessageKind)> {
    let text = std::str::from_utf8(event).ok()?;
    let lines = text.lines().filter_map(|line| line.strip_prefix("data:"));
    let data = lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n");
    let message: MessageFields = serde_json::from_str(&data).ok()?;
    let kind = match (message.method.is_some(), message.id.is_some()) {
        (false, _) => MessageKind::Response,
        (true, true) => MessageKind::Request,
        (true, false) => MessageKind::Notification,
    };
    Some((data, kind))
}

#[derive(serde::Deserialize)]
struct MessageFields {
    #[serde(default)]
    method: Option<serde::de::IgnoredAny>,
    #[serde(default)]
    id: Option<serde::de::IgnoredAny>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_separated() {
        let read = |event: &str| message(event.as_bytes()).map(|(_, kind)| kind);
        assert_eq!(read("id: 0\nretry: 3000\ndata:\n\n"), None);
        assert_eq!(read(": ping\n\n"), None);
        assert_eq!(
            read("data: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n\n"),
            Some(MessageKind::Response)
        );
        assert_eq!(
            read("data: {\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"x\"}\n\n"),
            Some(MessageKind::Request)
        );
        assert_eq!(
            read("data: {\"jsonrpc\":\"2.0\",\ndata: \"method\":\"x\"}\n\n"),
            Some(MessageKind::Notification)
        );
        assert_eq!(event_end(b"data: 1\n\ndata: 2\n\n"), Some(9));
        assert_eq!(event_end(b"data: 1\n"), None);
    }
}
