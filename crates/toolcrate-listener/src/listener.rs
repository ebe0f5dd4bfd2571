//! The accept loop.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tower_service::Service;

use crate::request_body::RequestBody;

/// Connections served at once by default. More wait in the operating system's queue.
const MAX_CONNECTIONS: usize = 1024;
/// How long to wait before accepting again after the process ran out of file descriptors.
const ACCEPT_RETRY_INTERVAL: Duration = Duration::from_millis(50);
/// How long a connection that is shut down before its first request may take to deliver it.
const FIRST_REQUEST_TIMEOUT: Duration = Duration::from_millis(200);

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// How long a client may take to send a request. Responses have no limit, because one may be a stream of
/// events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For a TLS handshake.
    pub handshake: Duration,
    /// For the head of a request: from the end of the previous response, or from the start of the
    /// connection, to the last byte of the head. This is also how long an idle connection is kept open.
    pub header_read: Duration,
    /// For the body of a request, from when the service first waits for it to its last byte.
    pub body_read: Duration,
}

impl Default for Timeouts {
    /// Keeps idle connections longer than common proxies do, so that it is the proxy that closes them.
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(10),
            header_read: Duration::from_secs(75),
            body_read: Duration::from_secs(60),
        }
    }
}

/// The address of the client, in the extensions of every request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerAddress(pub SocketAddr);

/// A bound socket and how its connections are served.
pub struct Listener {
    socket: TcpListener,
    timeouts: Timeouts,
    max_connections: usize,
    drain_timeout: Option<Duration>,
    tls: Option<TlsAcceptor>,
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { socket, timeouts, max_connections, drain_timeout, tls } = self;
        f.debug_struct("Listener")
            .field("socket", socket)
            .field("timeouts", timeouts)
            .field("max_connections", max_connections)
            .field("drain_timeout", drain_timeout)
            .field("tls", &tls.is_some())
            .finish()
    }
}

impl From<TcpListener> for Listener {
    /// Plain HTTP with the default timeouts.
    fn from(socket: TcpListener) -> Self {
        Self {
            socket,
            timeouts: Timeouts::default(),
            max_connections: MAX_CONNECTIONS,
            drain_timeout: None,
            tls: None,
        }
    }
}

impl Listener {
    /// Listens at an address. Port 0 picks a free port; see [`local_address`](Self::local_address).
    ///
    /// # Errors
    /// The address is in use or not one of this machine.
    pub async fn bind(address: SocketAddr) -> io::Result<Self> {
        TcpListener::bind(address).await.map(Self::from)
    }

    /// The address that clients connect to.
    ///
    /// # Errors
    /// The operating system can't say.
    pub fn local_address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Sets how long clients may take.
    #[must_use]
    pub fn with_timeouts(self, timeouts: Timeouts) -> Self {
        Self { timeouts, ..self }
    }

    /// Sets how many connections are served at once. Others wait until one of these closes.
    #[must_use]
    pub fn with_max_connections(self, max_connections: usize) -> Self {
        Self { max_connections, ..self }
    }

    /// Sets how long requests in flight may take after the shutdown began; no limit by default.
    #[must_use]
    pub fn with_drain_timeout(self, drain_timeout: Duration) -> Self {
        Self { drain_timeout: Some(drain_timeout), ..self }
    }

    /// Serves HTTPS instead of HTTP.
    #[must_use]
    pub fn with_tls(self, tls: TlsAcceptor) -> Self {
        Self { tls: Some(tls), ..self }
    }

    /// Serves connections until `shutdown` resolves, and then those that are open until their requests in
    /// flight have been answered.
    ///
    /// # Cancellation
    /// Dropping the returned future closes the socket and every connection at once.
    pub async fn serve<S, B>(self, service: S, shutdown: impl Future<Output = ()>)
    where
        S: Service<Request<RequestBody>, Response = Response<B>> + Clone + Send + 'static,
        S::Future: Send + 'static,
        S::Error: Into<BoxError>,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let Self { socket, timeouts, max_connections, drain_timeout, tls } = self;
        let stopping = CancellationToken::new();
        let permits = Arc::new(Semaphore::new(max_connections));
        // Aborts its tasks when it is dropped.
        let mut connections = JoinSet::new();
        let spawn = |connections: &mut JoinSet<()>, accepted: (TcpStream, SocketAddr, _)| {
            let (stream, peer, permit): (_, _, OwnedSemaphorePermit) = accepted;
            let connection =
                serve_connection(stream, peer, service.clone(), timeouts, tls.clone(), stopping.clone());
            connections.spawn(async move {
                connection.await;
                drop(permit);
            });
        };
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            tokio::select! {
                (stream, peer, permit) = accept(&socket, &permits) => {
                    spawn(&mut connections, (stream, peer, permit));
                }
                Some(_) = connections.join_next() => {}
                () = &mut shutdown => break,
            }
        }
        stopping.cancel();
        // Clients in the queue have connected, and may have sent their requests. Closing the socket would
        // reset their connections.
        for (stream, peer) in accept_queued(socket) {
            let Ok(permit) = Arc::clone(&permits).try_acquire_owned() else { break };
            spawn(&mut connections, (stream, peer, permit));
        }
        let drain = async { while connections.join_next().await.is_some() {} };
        match drain_timeout {
            Some(limit) => {
                let _ = timeout(limit, drain).await;
            }
            None => drain.await,
        }
    }
}

/// Waits until one more connection may be served and a client connects.
async fn accept(
    socket: &TcpListener,
    permits: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
    let Ok(permit) = Arc::clone(permits).acquire_owned().await else {
        unreachable!("the semaphore is never closed")
    };
    loop {
        match socket.accept().await {
            Ok((stream, peer)) => return (stream, peer, permit),
            Err(error) if is_client_error(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                sleep(ACCEPT_RETRY_INTERVAL).await;
            }
        }
    }
}

/// The clients that have connected but were not accepted yet. The socket is closed with the iterator.
///
/// This asks the operating system itself: the runtime may not have noticed the latest ones.
fn accept_queued(socket: TcpListener) -> impl Iterator<Item = (TcpStream, SocketAddr)> {
    let socket = socket.into_std().ok();
    std::iter::from_fn(move || {
        let (stream, peer) = socket.as_ref()?.accept().ok()?;
        stream.set_nonblocking(true).ok()?;
        Some((TcpStream::from_std(stream).ok()?, peer))
    })
}

/// Whether only the client that was about to connect is affected.
fn is_client_error(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

async fn serve_connection<S, B>(
    stream: TcpStream,
    peer: SocketAddr,
    service: S,
    timeouts: Timeouts,
    tls: Option<TlsAcceptor>,
    stopping: CancellationToken,
) where
    S: Service<Request<RequestBody>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Into<BoxError>,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let _ = stream.set_nodelay(true);
    let Some(tls) = tls else {
        return serve_requests(stream, peer, service, timeouts, stopping).await;
    };
    // A handshake that fails is the client's problem: it doesn't trust the certificate, or speaks HTTP.
    if let Ok(Ok(stream)) = timeout(timeouts.handshake, tls.accept(stream)).await {
        serve_requests(stream, peer, service, timeouts, stopping).await;
    }
}

async fn serve_requests<T, S, B>(
    stream: T,
    peer: SocketAddr,
    service: S,
    timeouts: Timeouts,
    stopping: CancellationToken,
) where
    T: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    S: Service<Request<RequestBody>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Into<BoxError>,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let first_request = Arc::new(Notify::new());
    let received = Arc::clone(&first_request);
    let service = service_fn(move |request: Request<Incoming>| {
        received.notify_one();
        let mut request = request.map(|body| RequestBody::new(body, timeouts.body_read));
        request.extensions_mut().insert(PeerAddress(peer));
        let mut service = service.clone();
        async move {
            std::future::poll_fn(|context| service.poll_ready(context)).await?;
            service.call(request).await
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(timeouts.header_read)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    // An error ends this connection alone: the client left, or was too slow.
    tokio::select! {
        biased;
        _ = connection.as_mut() => return,
        () = stopping.cancelled() => {}
    }
    // A graceful shutdown closes a connection on which nothing was read yet, though its first request may have
    // arrived. This is also why hyper-util's `GracefulShutdown` is not used.
    tokio::select! {
        biased;
        _ = connection.as_mut() => return,
        () = first_request.notified() => {}
        () = sleep(FIRST_REQUEST_TIMEOUT) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::routing::{get, post};
    use futures_util::{StreamExt, stream};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::time::Instant;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(10);
    const HEAD: &str = "POST /body HTTP/1.1\r\nhost: a\r\ncontent-length: 8\r\n\r\n";

    /// Sends `parts` with a pause after each, and returns what is received until the connection is closed and how
    /// long that took. Time is paused: it passes only while client and server both wait for it.
    async fn exchange(parts: &[&str], pause: Duration) -> (String, Duration) {
        let events = || async {
            let events = stream::iter(0..8).then(|number| async move {
                sleep(LIMIT / 2).await;
                Ok::<_, io::Error>(format!("data: {number}\n\n"))
            });
            axum::body::Body::from_stream(events)
        };
        let length = |body: Bytes| async move { body.len().to_string() };
        let router = Router::new().route("/events", get(events).post(events)).route("/body", post(length));
        let timeouts = Timeouts { handshake: LIMIT, header_read: LIMIT, body_read: LIMIT };
        let (server, client) = tokio::io::duplex(1024);
        let peer = SocketAddr::from(([127, 0, 0, 1], 1));
        let started = Instant::now();
        tokio::spawn(serve_requests(server, peer, router, timeouts, CancellationToken::new()));
        let (mut receiver, mut sender) = tokio::io::split(client);
        let send = async {
            for part in parts {
                // The server may have closed it by now.
                let _ = sender.write_all(part.as_bytes()).await;
                sleep(pause).await;
            }
        };
        let receive = async {
            let mut received = String::new();
            let _ = receiver.read_to_string(&mut received).await;
            (received, started.elapsed())
        };
        tokio::join!(send, receive).1
    }

    fn assert_took(took: Duration, expected: Duration) {
        // Timers have a resolution of a millisecond.
        assert!(took >= expected && took < expected + LIMIT / 100, "{took:?}, expected {expected:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn requests_that_stop_coming_are_cut_off() {
        for (parts, status, expected) in [
            (&[][..], "", LIMIT),
            (&["POST /body HT"], "", LIMIT),
            (&["POST /", "body ", "HTTP"], "", LIMIT),
            (&[HEAD, "half"], "HTTP/1.1 400 ", LIMIT),
            // Idle after a response, which comes when the body is complete.
            (&[HEAD, "abcd", "efgh"], "HTTP/1.1 200 ", LIMIT / 3 * 2 + LIMIT),
        ] {
            let (received, took) = exchange(parts, LIMIT / 3).await;
            let is_expected = received.starts_with(status) && received.is_empty() == status.is_empty();
            assert!(is_expected, "{parts:?}: {received}");
            assert_took(took, expected);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_byte_now_and_then_does_not_extend_a_timeout() {
        let letters: Vec<&str> = HEAD.split_inclusive(|_| true).collect();
        let (received, took) = exchange(&letters, LIMIT / 4).await;
        assert_eq!(received, "");
        assert_took(took, LIMIT);
        let (received, took) = exchange(&[&[HEAD][..], &["a"; 8]].concat(), LIMIT / 4).await;
        assert!(received.starts_with("HTTP/1.1 400 "), "{received}");
        assert_took(took, LIMIT);
    }

    #[tokio::test(start_paused = true)]
    async fn slow_responses_are_not_cut_off() {
        for request in [
            "GET /events HTTP/1.1\r\nhost: a\r\n\r\n",
            "POST /events HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}",
        ] {
            let (received, took) = exchange(&[request], Duration::ZERO).await;
            assert!(received.contains("data: 7"), "{received}");
            assert_took(took, LIMIT * 4 + LIMIT);
        }
    }
}
