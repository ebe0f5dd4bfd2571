//! Taking connections, and ending them.

use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::{Shared, reply};

/// So long requests under way may take when the server stops.
const LAST_ANSWERS: Duration = Duration::from_secs(5);

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
        let (shared, stop) = (shared.clone(), stopped.clone());
        let service = service_fn(move |request| {
            let shared = shared.clone();
            async move { reply::reply(&shared, peer, request).await }
        });
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // An error is the caller's end of the connection, or a fault that cuts it.
            tokio::select! {
                _ = connection => {}
                () = dropped(stop) => {}
            }
        });
    }
    drop(listener);
    let _ = timeout(LAST_ANSWERS, graceful.shutdown()).await;
}

/// Waits until the server is gone.
async fn dropped(mut stop: watch::Receiver<bool>) {
    while stop.changed().await.is_ok() {}
}
