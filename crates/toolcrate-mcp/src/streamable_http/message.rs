//! Inspects a request body before it is decoded.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::errors::ProtocolError;

/// Maximum number of messages in a batch. Larger batches are rejected.
const MAX_BATCH: usize = 50;

/// The contents of a body.
#[derive(Debug)]
pub(super) enum IncomingBody<'a> {
    Single(MessageHead),
    Batch(Vec<&'a RawValue>),
}

/// The envelope of a message.
#[derive(Debug, PartialEq)]
pub(super) struct MessageHead {
    pub(super) id: Option<Value>,
    pub(super) is_initialize: bool,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(default, borrow)]
    jsonrpc: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    method: Option<Cow<'a, str>>,
    #[serde(default)]
    id: Option<Value>,
    #[serde(default, borrow)]
    result: Option<&'a RawValue>,
    #[serde(default, borrow)]
    error: Option<&'a RawValue>,
}

impl<'a> IncomingBody<'a> {
    /// Parses a body.
    ///
    /// # Errors
    /// Returns a protocol error if the body isn't JSON or isn't a message.
    pub(super) fn parse(body: &'a [u8]) -> Result<Self, ProtocolError> {
        let text = std::str::from_utf8(body).map_err(|_| ProtocolError::parse("the body is not UTF-8"))?;
        if text.trim_start().starts_with('[') {
            let messages: Vec<&RawValue> = serde_json::from_str(text).map_err(not_json)?;
            return match messages.len() {
                0 => Err(ProtocolError::invalid_request(None, "expected at least one message in the batch")),
                1..=MAX_BATCH => Ok(Self::Batch(messages)),
                _ => {
                    let message = format!("expected at most {MAX_BATCH} messages in the batch");
                    Err(ProtocolError::invalid_request(None, message))
                }
            };
        }
        MessageHead::parse(text).map(Self::Single)
    }
}

impl MessageHead {
    /// Parses a message.
    ///
    /// # Errors
    /// Returns a protocol error if the text isn't JSON or isn't a message.
    pub(super) fn parse(text: &str) -> Result<Self, ProtocolError> {
        let envelope = match serde_json::from_str::<Envelope<'_>>(text) {
            Ok(envelope) => envelope,
            Err(error) if error.is_data() => {
                return Err(ProtocolError::invalid_request(
                    None,
                    "expected a JSON-RPC message: an object with `jsonrpc`, `id` and `method`",
                ));
            }
            Err(error) => return Err(not_json(error)),
        };
        let Envelope { jsonrpc, method, id, result, error } = envelope;
        let has_content = method.is_some() || result.is_some() || error.is_some();
        let is_id = matches!(id, None | Some(Value::Null | Value::Number(_) | Value::String(_)));
        if jsonrpc.as_deref() != Some("2.0") || !has_content || !is_id {
            let id = id.filter(|_| is_id);
            return Err(ProtocolError::invalid_request(
                id,
                "expected a JSON-RPC message: {\"jsonrpc\": \"2.0\", \"id\": …, \"method\": …}",
            ));
        }
        Ok(Self { id, is_initialize: method.as_deref() == Some("initialize") })
    }
}

fn not_json(error: serde_json::Error) -> ProtocolError {
    ProtocolError::parse(format!("the body is not JSON: {error}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_error_has_its_code_and_id() {
        for (body, code, id) in [
            ("{", -32700, Value::Null),
            ("", -32700, Value::Null),
            ("{\"jsonrpc\": \"2.0\", \"id\": 7, \"method\": \"x\"} x", -32700, Value::Null),
            ("5", -32600, Value::Null),
            ("{\"id\": 7}", -32600, json!(7)),
            ("{\"jsonrpc\": \"1.0\", \"id\": \"a\", \"method\": \"x\"}", -32600, json!("a")),
            ("{\"jsonrpc\": \"2.0\", \"id\": {}, \"method\": \"x\"}", -32600, Value::Null),
            ("{\"jsonrpc\": \"2.0\", \"method\": 5}", -32600, Value::Null),
            ("[]", -32600, Value::Null),
        ] {
            let error = IncomingBody::parse(body.as_bytes()).unwrap_err();
            assert_eq!((error.code.0, error.id.unwrap_or_default()), (code, id), "{body}");
        }
        assert!(IncomingBody::parse(b"\xff").is_err());
    }

    #[test]
    fn messages_and_batches_are_parsed() {
        let text = "{\"jsonrpc\": \"2.0\", \"id\": 7, \"method\": \"initialize\", \"params\": {}}";
        let IncomingBody::Single(head) = IncomingBody::parse(text.as_bytes()).unwrap() else { panic!() };
        assert_eq!(head, MessageHead { id: Some(json!(7)), is_initialize: true });
        let batch = format!(" [{text}, {text}]");
        let IncomingBody::Batch(messages) = IncomingBody::parse(batch.as_bytes()).unwrap() else { panic!() };
        assert_eq!(messages.len(), 2);
    }
}
