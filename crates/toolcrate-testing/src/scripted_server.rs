//! An HTTP server that records every request byte for byte and sends scripted responses, well-formed or not.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The server's reaction to a request. Every request uses a separate connection.
pub enum ScriptedResponse {
    /// Writes these bytes and closes the connection.
    Bytes(Vec<u8>),
    /// Closes the connection without sending anything.
    Close,
    /// Closes the connection without reading the request, which isn't recorded.
    CloseUnread,
    /// Keeps the connection open and sends nothing.
    Hang,
}

impl ScriptedResponse {
    /// Creates a JSON response.
    #[must_use]
    pub fn json(status: u16, body: &Value) -> Self {
        Self::with_body(status, &[("content-type", "application/json")], body.to_string().as_bytes())
    }

    /// Creates a response with these headers and this body.
    #[must_use]
    pub fn with_body(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Self {
        let length = body.len();
        let mut head = format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n");
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        Self::Bytes([head.as_bytes(), body].concat())
    }
}

/// A request as the server received it.
#[derive(Clone, Debug, Default)]
pub struct RecordedRequest {
    /// The request line.
    pub line: String,
    /// The headers in order, with lowercase names.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl RecordedRequest {
    /// Returns the first header with this lowercase name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// Returns the body as text.
    #[must_use]
    pub fn body_text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Returns the body as JSON.
    ///
    /// # Panics
    /// Panics if it isn't JSON.
    #[must_use]
    pub fn body_json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }
}

type Script = Arc<Mutex<VecDeque<ScriptedResponse>>>;

/// A server that runs until its runtime ends.
pub struct ScriptedServer {
    address: SocketAddr,
    responses: Script,
    requests: Arc<Mutex<Vec<RecordedRequest>>>,
}

impl ScriptedServer {
    /// Starts a server that sends these responses one after the other, then status 500.
    ///
    /// Panics if no port is free.
    /// If no port is free.
    pub async fn start(responses: impl IntoIterator<Item = ScriptedResponse>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a local address");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let responses = Arc::new(Mutex::new(responses.into_iter().collect::<VecDeque<_>>()));
        let (script, recorded) = (Arc::clone(&responses), Arc::clone(&requests));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let mut waiting = script.lock().unwrap_or_else(PoisonError::into_inner);
                if matches!(waiting.front(), Some(ScriptedResponse::CloseUnread)) {
                    waiting.pop_front();
                } else {
                    tokio::spawn(serve(stream, Arc::clone(&script), Arc::clone(&recorded)));
                }
            }
        });
        Self { address, responses, requests }
    }

    /// Replaces the remaining responses with these.
    pub fn set_responses(&self, responses: impl IntoIterator<Item = ScriptedResponse>) {
        *self.responses.lock().unwrap_or_else(PoisonError::into_inner) = responses.into_iter().collect();
    }

    /// Returns the URL of a path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Returns all requests so far.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns the last request.
    ///
    /// # Panics
    /// Panics if there was none.
    #[must_use]
    pub fn last_request(&self) -> RecordedRequest {
        self.requests().pop().expect("a request")
    }
}

async fn serve(mut stream: TcpStream, responses: Script, requests: Arc<Mutex<Vec<RecordedRequest>>>) {
    let Some(request) = read(&mut stream).await else { return };
    requests.lock().unwrap_or_else(PoisonError::into_inner).push(request);
    let response = responses.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    let response =
        response.unwrap_or_else(|| ScriptedResponse::with_body(500, &[], b"no scripted response is left"));
    match response {
        ScriptedResponse::Bytes(bytes) => {
            // The client may have disconnected; the test will notice.
            drop(stream.write_all(&bytes).await);
            drop(stream.shutdown().await);
        }
        ScriptedResponse::Close | ScriptedResponse::CloseUnread => {}
        ScriptedResponse::Hang => std::future::pending().await,
    }
}

async fn read(stream: &mut TcpStream) -> Option<RecordedRequest> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let mut request = RecordedRequest { line: lines.next()?.to_owned(), ..RecordedRequest::default() };
    for line in lines {
        let (name, value) = line.split_once(':')?;
        request.headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let length = request.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    request.body = bytes.split_off(end + 4);
    while request.body.len() < length {
        if stream.read_buf(&mut request.body).await.ok()? == 0 {
            return None;
        }
    }
    Some(request)
}
