//! Tests what happens during shutdown to in-flight requests, queued connections, and dropped connections.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Notify, Semaphore, oneshot};
use tokio::task::JoinHandle;
use toolcrate_listener::Listener;

/// A server whose only request, `GET /`, waits until `release` has a permit.
struct BlockingServer {
    address: SocketAddr,
    started: Arc<Notify>,
    release: Arc<Semaphore>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl BlockingServer {
    async fn start(max_connections: usize) -> Self {
        let (started, release) = (Arc::new(Notify::new()), Arc::new(Semaphore::new(0)));
        let handler = {
            let (started, release) = (Arc::clone(&started), Arc::clone(&release));
            move || async move {
                started.notify_one();
                drop(release.acquire().await);
                "done"
            }
        };
        let listener = Listener::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let listener = listener.with_max_connections(max_connections);
        let address = listener.local_address().unwrap();
        let (stop, stopped) = oneshot::channel();
        let router = Router::new().route("/", get(handler));
        let task = tokio::spawn(listener.serve(router, async { drop(stopped.await) }));
        Self { address, started, release, stop, task }
    }
}

/// Sends a request; returns everything received until the connection is closed.
async fn request(address: SocketAddr) -> JoinHandle<std::io::Result<String>> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    tokio::spawn(async move {
        let mut received = String::new();
        stream.read_to_string(&mut received).await.map(|_| received)
    })
}

#[tokio::test]
async fn requests_in_flight_finish_after_shutdown_starts() {
    let server = BlockingServer::start(8).await;
    let response = request(server.address).await;
    server.started.notified().await;
    server.stop.send(()).unwrap();
    // No new connections are accepted once the socket is closed.
    while TcpStream::connect(server.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    server.release.add_permits(1);
    assert!(response.await.unwrap().unwrap().ends_with("done"));
    server.task.await.unwrap();
}

#[tokio::test]
async fn queued_connections_are_served_after_shutdown_starts() {
    let server = BlockingServer::start(8).await;
    // On this single-threaded runtime, the server can't accept these before it is polled, when shutdown has already
    // been requested.
    let responses = [request(server.address).await, request(server.address).await];
    server.stop.send(()).unwrap();
    server.release.add_permits(2);
    for response in responses {
        assert!(response.await.unwrap().unwrap().ends_with("done"));
    }
    server.task.await.unwrap();
}

#[tokio::test]
async fn connections_over_the_limit_wait_for_one_to_close() {
    let server = BlockingServer::start(1).await;
    let first = request(server.address).await;
    server.started.notified().await;
    let second = request(server.address).await;
    first.abort();
    let _ = first.await;
    // The client closes the first connection, which makes room for the second.
    server.started.notified().await;
    server.release.add_permits(2);
    server.stop.send(()).unwrap();
    assert!(second.await.unwrap().unwrap().ends_with("done"));
    server.task.await.unwrap();
}

#[tokio::test]
async fn idle_connections_do_not_block_other_clients() {
    let server = BlockingServer::start(4).await;
    server.release.add_permits(2);
    let mut strangers = Vec::new();
    for _ in 0..8 {
        strangers.push(TcpStream::connect(server.address).await.unwrap());
    }
    // Each connection is closed to make room for a later one; clients with a request get their response.
    for _ in 0..2 {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await.unwrap();
        let mut received = String::new();
        stream.read_to_string(&mut received).await.unwrap();
        assert!(received.ends_with("done"), "{received}");
    }
    drop(strangers);
    server.stop.send(()).unwrap();
    server.task.await.unwrap();
}

#[tokio::test]
async fn dropping_the_server_closes_connections_at_once() {
    let server = BlockingServer::start(8).await;
    let response = request(server.address).await;
    server.started.notified().await;
    server.task.abort();
    assert!(server.task.await.unwrap_err().is_cancelled());
    assert!(response.await.unwrap().map_or(true, |received| received.is_empty()));
    assert!(TcpStream::connect(server.address).await.is_err());
}
