//! Accepts connections, and closes them when the server stops.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::router;
use super::state::ServerState;

/// How long requests in progress may take when the server stops.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a TLS handshake may take.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// How long to wait after a failed accept.
const ACCEPT_RETRY_INTERVAL: Duration = Duration::from_millis(50);

/// Serves connections until the server stops.
pub(super) async fn run(listener: TcpListener, state: Arc<ServerState>, mut stopped: watch::Receiver<bool>) {
    let graceful = GracefulShutdown::new();
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                // Most likely out of file descriptors: other connections must close first.
                Err(_) => {
                    sleep(ACCEPT_RETRY_INTERVAL).await;
                    continue;
                }
            },
            _ = stopped.changed() => break,
        };
        let _ = stream.set_nodelay(true);
        let (state, stop, watcher) = (state.clone(), stopped.clone(), graceful.watcher());
        let connection = async move {
            match state.settings.tls.as_ref().map(|tls| tls.acceptor()) {
                None => connection(stream, peer, state, watcher).await,
                Some(acceptor) => {
                    // A failed handshake is the client's: it doesn't trust the certificate, or speaks HTTP.
                    if let Ok(Ok(stream)) = timeout(HANDSHAKE_TIMEOUT, acceptor.accept(stream)).await {
                        connection(stream, peer, state, watcher).await;
                    }
                }
            }
        };
        tokio::spawn(async move {
            tokio::select! {
                () = connection => {}
                () = dropped(stop) => {}
            }
        });
    }
    drop(listener);
    let _ = timeout(DRAIN_TIMEOUT, graceful.shutdown()).await;
}

/// Serves the requests of one connection.
async fn connection<S>(stream: S, peer: SocketAddr, state: Arc<ServerState>, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| {
        let state = state.clone();
        async move { router::route(&state, peer, request).await }
    });
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // An error means that the caller closed the connection, or that a fault cut it.
    let _ = watcher.watch(connection).await;
}

/// Waits until the server is dropped.
async fn dropped(mut stop: watch::Receiver<bool>) {
    while stop.changed().await.is_ok() {}
}
