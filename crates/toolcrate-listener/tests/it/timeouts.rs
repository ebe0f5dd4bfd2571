//! Clients that are slow to send, and those that are slow to read.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::routing::{get, post};
use futures_util::{StreamExt, stream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use toolcrate_listener::{Listener, Timeouts};

const LIMIT: Duration = Duration::from_millis(300);

/// Sends `parts` with a pause after each, and returns what is received until the connection is closed and how long
/// that took.
async fn exchange(address: SocketAddr, parts: &[&str]) -> (String, Duration) {
    let (mut stream, started) = (TcpStream::connect(address).await.unwrap(), Instant::now());
    for part in parts {
        // The server may have closed it by now.
        let _ = stream.write_all(part.as_bytes()).await;
        tokio::time::sleep(LIMIT / 3).await;
    }
    let mut received = String::new();
    let _ = stream.read_to_string(&mut received).await;
    (received, started.elapsed())
}

#[tokio::test]
async fn slow_requests_are_cut_off_and_slow_responses_are_not() {
    let events = || async {
        let events = stream::iter(0..8).then(|number| async move {
            tokio::time::sleep(LIMIT / 2).await;
            Ok::<_, std::io::Error>(format!("data: {number}\n\n"))
        });
        Body::from_stream(events)
    };
    let router = Router::new()
        .route("/events", get(events).post(events))
        .route("/body", post(|body: Bytes| async move { body.len().to_string() }));
    let timeouts = Timeouts { handshake: LIMIT, header_read: LIMIT, body_read: LIMIT };
    let listener = Listener::bind("127.0.0.1:0".parse().unwrap()).await.unwrap().with_timeouts(timeouts);
    let address = listener.local_address().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(listener.serve(router, async { drop(stopped.await) }));

    let head = "POST /body HTTP/1.1\r\nhost: a\r\ncontent-length: 8\r\n\r\n";
    for (parts, response) in [
        (vec![], ""),
        (vec!["GET /body HT"], ""),
        (vec![head, "half"], "HTTP/1.1 400 "),
        // Idle after a response.
        (vec![head, "abcdefgh"], "HTTP/1.1 200 "),
    ] {
        let (received, took) = exchange(address, &parts).await;
        assert!(
            received.starts_with(response) && received.is_empty() == response.is_empty(),
            "{parts:?}: {received}"
        );
        assert!(took >= LIMIT, "{parts:?}: {took:?}");
    }
    // A byte now and then does not help.
    let (received, _) = exchange(address, &[&[head][..], &["a"; 8]].concat()).await;
    assert!(!received.contains(" 200 "), "{received}");

    for head in [
        "GET /events HTTP/1.1\r\nhost: a\r\n\r\n",
        "POST /events HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}",
    ] {
        let (received, took) = exchange(address, &[head]).await;
        assert!(received.contains("data: 7") && took >= LIMIT * 4, "{took:?}: {received}");
    }
    stop.send(()).unwrap();
    server.await.unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}
