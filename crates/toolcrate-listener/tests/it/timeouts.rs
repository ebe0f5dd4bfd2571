//! Checks that timeouts apply to accepted connections. The exact durations are tested in `src`, where the clock is
//! paused.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use toolcrate_listener::{Listener, Timeouts};

const LIMIT: Duration = Duration::from_millis(300);

/// Sends only `text`, and returns everything received until the server closes the connection, and how long that
/// took.
async fn exchange(address: SocketAddr, text: &str) -> (String, Duration) {
    let started = Instant::now();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut received = String::new();
    let _ = stream.read_to_string(&mut received).await;
    (received, started.elapsed())
}

#[tokio::test]
async fn idle_connections_are_closed() {
    let router = Router::new().route("/body", post(|body: Bytes| async move { body.len().to_string() }));
    let timeouts = Timeouts { handshake: LIMIT, header_read: LIMIT, body_read: LIMIT };
    let listener = Listener::bind("127.0.0.1:0".parse().unwrap()).await.unwrap().with_timeouts(timeouts);
    let address = listener.local_address().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(listener.serve(router, async { drop(stopped.await) }));

    let head = "POST /body HTTP/1.1\r\nhost: a\r\ncontent-length: 8\r\n\r\n";
    for (text, status) in [
        (String::new(), ""),
        ("POST /body HT".to_owned(), ""),
        (format!("{head}half"), "HTTP/1.1 400 "),
        // Idle after a response.
        (format!("{head}abcdefgh"), "HTTP/1.1 200 "),
    ] {
        let (received, took) = exchange(address, &text).await;
        let is_expected = received.starts_with(status) && received.is_empty() == status.is_empty();
        assert!(is_expected && took >= LIMIT, "{text:?} after {took:?}: {received}");
    }
    stop.send(()).unwrap();
    server.await.unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}
