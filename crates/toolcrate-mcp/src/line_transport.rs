//! Transports messages separated by line breaks. Every request gets a response: if a line is too long, contains invalid
//! JSON, or isn't a message, the response is an error, which includes the request ID if one can be extracted.

use std::io;
use std::sync::Arc;

use rmcp::RoleServer;
use rmcp::model::ErrorCode;
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;
use toolcrate_runtime::{Value, replace_lone_surrogates};

use crate::error_message::error_message;
use crate::message_id::{MessageIdScanner, read_id};

/// Maximum length of a line.
pub(crate) const MAX_LINE_BYTES: usize = 16 * 1024 * 1024;

type Message = RxJsonRpcMessage<RoleServer>;

/// Exchanges messages with a client, one per line.
pub(crate) struct LineTransport<W> {
    /// Reading happens in a separate task, because receivers may stop waiting for a message at any time.
    messages: mpsc::Receiver<Message>,
    reader: JoinHandle<()>,
    writer: Arc<Mutex<W>>,
}

impl<W: AsyncWrite + Unpin + Send + 'static> LineTransport<W> {
    /// Reads lines of up to `max_line_bytes` from `input`, and writes to `output`.
    pub(crate) fn new(
        input: impl AsyncRead + Unpin + Send + 'static,
        output: W,
        max_line_bytes: usize,
    ) -> Self {
        let writer = Arc::new(Mutex::new(output));
        let (sender, messages) = mpsc::channel(1);
        let lines = LineReader { input: BufReader::new(input), line: Vec::new(), max_line_bytes };
        let reader = tokio::spawn(forward(lines, sender, Arc::clone(&writer)));
        Self { messages, reader, writer }
    }
}

impl<W> Drop for LineTransport<W> {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

impl<W: AsyncWrite + Unpin + Send + 'static> Transport<RoleServer> for LineTransport<W> {
    type Error = io::Error;

    fn send(
        &mut self,
        item: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = Result<(), io::Error>> + Send + 'static {
        let writer = Arc::clone(&self.writer);
        async move { write_line(&writer, serde_json::to_vec(&item)?).await }
    }

    async fn receive(&mut self) -> Option<Message> {
        self.messages.recv().await
    }

    async fn close(&mut self) -> Result<(), io::Error> {
        self.reader.abort();
        self.writer.lock().await.flush().await
    }
}

async fn write_line<W: AsyncWrite + Unpin>(writer: &Mutex<W>, mut line: Vec<u8>) -> io::Result<()> {
    line.push(b'\n');
    let mut writer = writer.lock().await;
    writer.write_all(&line).await?;
    writer.flush().await
}

/// Reads messages until the client disconnects or nobody receives them.
async fn forward<R, W>(mut lines: LineReader<R>, messages: mpsc::Sender<Message>, writer: Arc<Mutex<W>>)
where
    R: AsyncBufRead + Unpin,
    W: AsyncWrite + Unpin,
{
    loop {
        let read = match lines.next_line().await {
            Ok(Some(Line::Whole(line))) => parse(line),
            Ok(Some(Line::TooLong(id))) => {
                let message = format!("the message exceeds {} bytes", lines.max_line_bytes);
                Err(Some(error_message(ErrorCode::INVALID_REQUEST, &message, &id)))
            }
            Ok(None) => return,
            Err(error) => {
                tracing::error!(%error, "can't read the input");
                return;
            }
        };
        let is_open = match read {
            Ok(message) => messages.send(message).await.is_ok(),
            Err(None) => true,
            Err(Some(response)) => write_line(&writer, response.to_string().into_bytes()).await.is_ok(),
        };
        if !is_open {
            return;
        }
    }
}

/// Parses a line as a message. The error is the response to the client, if it expects one.
fn parse(line: &[u8]) -> Result<Message, Option<Value>> {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).trim_ascii();
    if line.is_empty() {
        return Err(None);
    }
    // Invalid UTF-8 is replaced with replacement characters.
    let text = String::from_utf8_lossy(line);
    let repaired = replace_lone_surrogates(text.as_bytes());
    if let Ok(message) = serde_json::from_slice(&repaired) {
        return Ok(message);
    }
    let value: Value = serde_json::from_slice(&repaired).map_err(|error| {
        let message = format!("expected one JSON object per line: {error}");
        Some(error_message(ErrorCode::PARSE_ERROR, &message, &read_id(&repaired)))
    })?;
    // Notifications and responses expect no response.
    let is_request =
        value.get("id").is_some() && value.get("result").is_none() && value.get("error").is_none();
    if !is_request && value.get("jsonrpc").is_some() {
        return Err(None);
    }
    let message = match &value {
        Value::Array(_) => "expected one message per line; batches are not supported",
        _ => "expected a JSON-RPC 2.0 request with \"jsonrpc\", \"id\" and \"method\"",
    };
    let id = value.get("id").filter(|id| id.is_number() || id.is_string()).cloned().unwrap_or_default();
    Err(Some(error_message(ErrorCode::INVALID_REQUEST, message, &id)))
}

/// Reads lines with a maximum length.
struct LineReader<R> {
    input: R,
    line: Vec<u8>,
    max_line_bytes: usize,
}

enum Line<'a> {
    Whole(&'a [u8]),
    /// The line was discarded, except for the ID of its message.
    TooLong(Value),
}

impl<R: AsyncBufRead + Unpin> LineReader<R> {
    /// Returns the next line, or `None` at the end. A last line without a line break is incomplete.
    async fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
        self.line.clear();
        let mut discarded: Option<MessageIdScanner> = None;
        loop {
            let available = self.input.fill_buf().await?;
            if available.is_empty() {
                return Ok(None);
            }
            let end = available.iter().position(|byte| *byte == b'\n');
            let part = &available[..end.unwrap_or(available.len())];
            match &mut discarded {
                Some(scanner) => scanner.scan(part),
                None if self.line.len() + part.len() > self.max_line_bytes => {
                    let mut scanner = MessageIdScanner::default();
                    scanner.scan(&self.line);
                    scanner.scan(part);
                    discarded = Some(scanner);
                    self.line = Vec::new();
                }
                None => self.line.extend_from_slice(part),
            }
            let consumed = end.map_or(available.len(), |end| end + 1);
            self.input.consume(consumed);
            if end.is_some() {
                return Ok(Some(match discarded {
                    Some(scanner) => Line::TooLong(scanner.into_id()),
                    None => Line::Whole(&self.line),
                }));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rmcp::model::{ClientRequest, JsonRpcMessage};
    use serde_json::json;

    use super::*;

    const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;

    /// Returns the received messages and the responses when a client sends `input`.
    async fn exchange(input: &str, max_line_bytes: usize) -> (Vec<Message>, Vec<Value>) {
        let (client, server) = tokio::io::duplex(1 << 16);
        let mut transport =
            LineTransport::new(io::Cursor::new(input.as_bytes().to_vec()), server, max_line_bytes);
        let mut messages = Vec::new();
        while let Some(message) = transport.receive().await {
            messages.push(message);
        }
        drop(transport);
        let mut lines = BufReader::new(client).lines();
        let mut answers = Vec::new();
        while let Some(line) = lines.next_line().await.expect("a line") {
            answers.push(serde_json::from_str(&line).expect("JSON"));
        }
        (messages, answers)
    }

    #[tokio::test]
    async fn every_request_gets_a_response() {
        let long = format!(r#"{{"method":"x","params":"{}","jsonrpc":"2.0","id":"a"}}"#, "x".repeat(500));
        for (line, code, id) in [
            ("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":", -32700, json!(7)),
            ("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\": oops}", -32700, json!(7)),
            ("oops", -32700, json!(null)),
            ("[]", -32600, json!(null)),
            ("{}", -32600, json!(null)),
            ("{\"id\":7,\"method\":\"ping\"}", -32600, json!(7)),
            ("{\"jsonrpc\":\"2.0\",\"id\":\"x\"}", -32600, json!("x")),
            (&long, -32600, json!("a")),
        ] {
            let (messages, answers) = exchange(&format!("{line}\n{PING}\n"), 200).await;
            assert_eq!(messages.len(), 1, "the session goes on after {line}");
            assert_eq!(answers.len(), 1, "{line}: {answers:?}");
            assert_eq!((&answers[0]["error"]["code"], &answers[0]["id"]), (&json!(code), &id), "{line}");
        }
    }

    #[tokio::test]
    async fn notifications_get_no_response() {
        for line in
            ["", " \r", "{\"jsonrpc\":\"2.0\",\"method\":5}", "{\"jsonrpc\":\"2.0\",\"id\":5,\"result\":3}"]
        {
            let (_, answers) = exchange(&format!("{line}\n{PING}\r\n"), 200).await;
            assert!(answers.is_empty(), "{line}: {answers:?}");
        }
    }

    #[tokio::test]
    async fn lone_surrogates_are_replaced() {
        let call = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{"a":"b\ud83c"}}}"#;
        let (messages, answers) = exchange(&format!("{call}\n"), 1000).await;
        assert!(answers.is_empty());
        let JsonRpcMessage::Request(request) = &messages[0] else { panic!("{messages:?}") };
        let ClientRequest::CallToolRequest(call) = &request.request else { panic!("{request:?}") };
        let arguments = call.params.arguments.as_ref().expect("arguments");
        assert_eq!(arguments["a"], "b\u{fffd}");
    }
}
