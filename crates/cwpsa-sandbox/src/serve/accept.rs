//! Taking connections, and ending them.

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

use super::{Shared, reply};

/// So long requests under way may take when the server stops.
const LAST_ANSWERS: Duration = Duration::from_secs(5);
/// So long a client may take to agree on encryption.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Serves connections until it is told to stop.
pub(super) async fn run(listener: TcpListener, shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) {
    let graceful = GracefulShutdown::new();
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                // Out of file descriptors, most likely: others must end first.
                Err(_) => {
                    sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            _ = stopped.changed() => break,
        };
        let _ = stream.set_nodelay(true);
        let (shared, stop, watcher) = (shared.clone(), stopped.clone(), graceful.watcher());
        let connection = async move {
            match shared.settings.tls.as_ref().map(|tls| tls.acceptor()) {
                None => connection(stream, peer, shared, watcher).await,
                Some(acceptor) => {
                    // One that fails is the client's: it doesn't trust the certificate, or speaks HTTP.
                    if let Ok(Ok(stream)) = timeout(HANDSHAKE, acceptor.accept(stream)).await {
                        connection(stream, peer, shared, watcher).await;
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
    let _ = timeout(LAST_ANSWERS, graceful.shutdown()).await;
}

/// Answers the requests of one connection.
async fn connection<S>(stream: S, peer: SocketAddr, shared: Arc<Shared>, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| {
        let shared = shared.clone();
        async move { reply::reply(&shared, peer, request).await }
    });
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // An error is the caller's end of the connection, or a fault that cuts it.
    let _ = watcher.watch(connection).await;
}

/// Waits until the server is gone.
async fn dropped(mut stop: watch::Receiver<bool>) {
    while stop.changed().await.is_ok() {}
}
