//! Accepts connections and serves requests on them.

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

use crate::busy_response_body::BusyResponseBody;
use crate::idle_connections::{IdleConnections, TrackedConnection};
use crate::request_body::RequestBody;

/// Default limit on concurrent connections. Idle connections make room for new ones.
const MAX_CONNECTIONS: usize = 1024;
/// Maximum number of buffered bytes per request, which also limits its head. This bounds the cost of a client without
/// a token.
const MAX_BUFFER_BYTES: usize = 64 << 10;
/// Delay before accepting again after the process has run out of file descriptors.
const ACCEPT_RETRY_INTERVAL: Duration = Duration::from_millis(50);
/// Time for a connection to deliver its first request once shutdown has begun.
const FIRST_REQUEST_TIMEOUT: Duration = Duration::from_millis(200);

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Time limits for clients sending a request. Responses have no limit, because one may be an event stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Limit for a TLS handshake.
    pub handshake: Duration,
    /// Limit for the head of a request, from the end of the previous response or the start of the connection to the
    /// last byte of the head. This is also how long an idle connection is kept open.
    pub header_read: Duration,
    /// Limit for the body of a request, from the time when the service first waits for it to its last byte.
    pub body_read: Duration,
}

impl Default for Timeouts {
    /// Keeps idle connections longer than common proxies do, so the proxy closes them first.
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(10),
            header_read: Duration::from_secs(75),
            body_read: Duration::from_secs(60),
        }
    }
}

/// The client's address, in the extensions of every request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerAddress(pub SocketAddr);

/// A bound socket with its connection settings.
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
    /// Listens on an address. Port 0 selects a free port; see [`local_address`](Self::local_address).
    ///
    /// # Errors
    /// Returns an error if the address is in use or isn't local.
    pub async fn bind(address: SocketAddr) -> io::Result<Self> {
        TcpListener::bind(address).await.map(Self::from)
    }

    /// Returns the address that clients connect to.
    ///
    /// # Errors
    /// Returns an error if the operating system can't report it.
    pub fn local_address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Sets the time limits for clients.
    #[must_use]
    pub fn with_timeouts(self, timeouts: Timeouts) -> Self {
        Self { timeouts, ..self }
    }

    /// Sets the maximum number of concurrent connections. To make room for another one, the connection that has been
    /// idle longest is closed; if all have requests in flight, the new connection waits.
    #[must_use]
    pub fn with_max_connections(self, max_connections: usize) -> Self {
        Self { max_connections, ..self }
    }

    /// Sets how long in-flight requests may take once shutdown has begun; unlimited by default.
    #[must_use]
    pub fn with_drain_timeout(self, drain_timeout: Duration) -> Self {
        Self { drain_timeout: Some(drain_timeout), ..self }
    }

    /// Serves HTTPS instead of HTTP.
    #[must_use]
    pub fn with_tls(self, tls: TlsAcceptor) -> Self {
        Self { tls: Some(tls), ..self }
    }

    /// Serves connections until `shutdown` resolves, then waits until in-flight requests are complete.
    ///
    /// # Cancellation
    /// Dropping the returned future closes the socket and every connection immediately.
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
        let idle = IdleConnections::default();
        // Dropping the set aborts its tasks.
        let mut connections = JoinSet::new();
        let spawn = |connections: &mut JoinSet<()>, accepted: (TcpStream, SocketAddr, _)| {
            let (stream, peer, permit): (_, _, OwnedSemaphorePermit) = accepted;
            let settings =
                ConnectionSettings { timeouts, stopping: stopping.clone(), tracked: idle.add(), peer };
            let connection = serve_connection(stream, service.clone(), tls.clone(), settings);
            connections.spawn(async move {
                connection.await;
                drop(permit);
            });
        };
        let mut shutdown = std::pin::pin!(shutdown);
        {
            // The accept future is kept while other connections end, because a client that is waiting for room has
            // already been accepted.
            let mut next = std::pin::pin!(accept(&socket, &permits, &idle));
            loop {
                tokio::select! {
                    accepted = &mut next => {
                        spawn(&mut connections, accepted);
                        next.set(accept(&socket, &permits, &idle));
                    }
                    Some(_) = connections.join_next() => {}
                    () = &mut shutdown => break,
                }
            }
        }
        stopping.cancel();
        // Queued clients have connected, and may have sent their requests. Closing the socket would reset their
        // connections.
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

/// Waits until a client connects and there is room for its connection. An idle connection is closed to make room.
async fn accept(
    socket: &TcpListener,
    permits: &Arc<Semaphore>,
    idle: &IdleConnections,
) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
    let (stream, peer) = loop {
        match socket.accept().await {
            Ok(accepted) => break accepted,
            Err(error) if is_client_error(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "can't accept a connection");
                // The process may have run out of file descriptors, some of which are held by idle connections.
                idle.close_oldest();
                sleep(ACCEPT_RETRY_INTERVAL).await;
            }
        }
    };
    if let Ok(permit) = Arc::clone(permits).try_acquire_owned() {
        return (stream, peer, permit);
    }
    let mut freed = std::pin::pin!(Arc::clone(permits).acquire_owned());
    loop {
        idle.close_oldest();
        match timeout(ACCEPT_RETRY_INTERVAL, freed.as_mut()).await {
            Ok(Ok(permit)) => return (stream, peer, permit),
            Ok(Err(_)) => unreachable!("the semaphore is never closed"),
            // A connection may have become idle in the meantime.
            Err(_) => {}
        }
    }
}

/// Returns the clients that have connected but have not been accepted yet. Dropping the iterator closes the socket.
///
/// This asks the operating system directly, because the runtime may not have noticed the latest ones.
fn accept_queued(socket: TcpListener) -> impl Iterator<Item = (TcpStream, SocketAddr)> {
    let socket = socket.into_std().ok();
    std::iter::from_fn(move || {
        let (stream, peer) = socket.as_ref()?.accept().ok()?;
        stream.set_nonblocking(true).ok()?;
        Some((TcpStream::from_std(stream).ok()?, peer))
    })
}

/// Returns true if the error only affects the client that was about to connect.
fn is_client_error(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Connection settings.
struct ConnectionSettings {
    peer: SocketAddr,
    timeouts: Timeouts,
    stopping: CancellationToken,
    tracked: TrackedConnection,
}

async fn serve_connection<S, B>(
    stream: TcpStream,
    service: S,
    tls: Option<TlsAcceptor>,
    settings: ConnectionSettings,
) where
    S: Service<Request<RequestBody>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Into<BoxError>,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let _ = stream.set_nodelay(true);
    let Some(tls) = tls else {
        return serve_requests(stream, service, settings).await;
    };
    let closing = settings.tracked.closing();
    // A failed handshake is the client's problem: it doesn't trust the certificate, or speaks plain HTTP.
    let handshake = timeout(settings.timeouts.handshake, tls.accept(stream));
    tokio::select! {
        accepted = handshake => if let Ok(Ok(stream)) = accepted {
            serve_requests(stream, service, settings).await;
        },
        () = closing.cancelled() => {}
    }
}

async fn serve_requests<T, S, B>(stream: T, service: S, settings: ConnectionSettings)
where
    T: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    S: Service<Request<RequestBody>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Into<BoxError>,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let ConnectionSettings { peer, timeouts, stopping, tracked } = settings;
    let first_request = Arc::new(Notify::new());
    let (received, tracked) = (Arc::clone(&first_request), Arc::new(tracked));
    let requests = Arc::clone(&tracked);
    let service = service_fn(move |request: Request<Incoming>| {
        received.notify_one();
        let in_progress = requests.begin_request();
        let mut request = request.map(|body| RequestBody::new(body, timeouts.body_read));
        request.extensions_mut().insert(PeerAddress(peer));
        let mut service = service.clone();
        async move {
            std::future::poll_fn(|context| service.poll_ready(context)).await?;
            let response = service.call(request).await?;
            Ok::<_, S::Error>(response.map(|body| BusyResponseBody::new(body, in_progress)))
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(timeouts.header_read)
        .max_buf_size(MAX_BUFFER_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    // An error only ends this connection: the client left, or was too slow.
    tokio::select! {
        biased;
        _ = connection.as_mut() => return,
        () = tracked.must_close() => return,
        () = stopping.cancelled() => {}
    }
    // A graceful shutdown closes a connection on which nothing has been read yet, even though its first request may
    // have arrived. For the same reason, hyper-util's `GracefulShutdown` isn't used.
    tokio::select! {
        biased;
        _ = connection.as_mut() => return,
        () = first_request.notified() => {}
        () = sleep(FIRST_REQUEST_TIMEOUT) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}
