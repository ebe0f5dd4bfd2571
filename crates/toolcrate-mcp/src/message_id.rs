//! Extracts the ID from a message that can't be read completely because it is too long or malformed.

use toolcrate_runtime::Value;

/// IDs that are longer aren't repeated.
const MAX_BYTES: usize = 256;

/// Extracts the `id` of a JSON-RPC message byte by byte, regardless of its position, without parsing the rest
/// of the message.
#[derive(Debug, Default)]
pub(crate) struct MessageIdScanner {
    depth: usize,
    in_string: bool,
    is_escaped: bool,
    in_value: bool,
    /// The name of the property, then its value.
    text: Vec<u8>,
    is_id: bool,
    id: Option<Value>,
}

impl MessageIdScanner {
    /// Reads the next part of the message.
    pub(crate) fn scan(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.step(*byte));
    }

    /// Returns the ID if there was one, and null otherwise.
    pub(crate) fn into_id(self) -> Value {
        self.id.unwrap_or_default()
    }

    fn step(&mut self, byte: u8) {
        if self.in_string {
            self.push(byte);
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' => self.is_escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
            return;
        }
        match byte {
            b'"' => {
                self.in_string = true;
                self.push(byte);
            }
            b'{' | b'[' => {
                self.depth += 1;
                self.text.clear();
            }
            b'}' | b']' => {
                self.end_member();
                self.depth = self.depth.saturating_sub(1);
            }
            b',' => self.end_member(),
            b':' if self.depth == 1 => {
                self.is_id = self.text.trim_ascii() == b"\"id\"";
                self.in_value = true;
                self.text.clear();
            }
            _ => self.push(byte),
        }
    }

    fn push(&mut self, byte: u8) {
        if self.depth == 1 && self.text.len() <= MAX_BYTES {
            self.text.push(byte);
        }
    }

    fn end_member(&mut self) {
        if self.depth != 1 {
            return;
        }
        if self.in_value && self.is_id && self.text.len() <= MAX_BYTES {
            let id = serde_json::from_slice(&self.text).ok();
            self.id = id.filter(|id: &Value| id.is_number() || id.is_string()).or(self.id.take());
        }
        self.text.clear();
        (self.in_value, self.is_id) = (false, false);
    }
}

/// Returns the ID of a complete message.
pub(crate) fn read_id(message: &[u8]) -> Value {
    let mut scanner = MessageIdScanner::default();
    scanner.scan(message);
    scanner.into_id()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn id_is_found_in_any_position() {
        for (message, expected) in [
            (r#"{"jsonrpc": "2.0", "id": 7, "method": "x", "params": {"text": ""#, json!(7)),
            (r#"{"params": {"id": 1, "a": [{"id": 2}]}, "id": "a\"b"}"#, json!("a\"b")),
            (r#"{"method":"x","params":{"text":"},\"id\":3,"},"jsonrpc":"2.0","id":8}"#, json!(8)),
            (r#"{"id": 5, "params": {oops}}"#, json!(5)),
            (r#"{"id": null}"#, json!(null)),
            (r#"{"id": {"id": 4}}"#, json!(null)),
            (r#"[{"id": 4}]"#, json!(null)),
            (r#"{"id": 4"#, json!(null)),
            ("oops", json!(null)),
            ("}}]],,::", json!(null)),
        ] {
            assert_eq!(read_id(message.as_bytes()), expected, "{message}");
        }
        let long = format!(r#"{{"id": "{}"}}"#, "x".repeat(1000));
        assert_eq!(read_id(long.as_bytes()), json!(null));
    }
}
