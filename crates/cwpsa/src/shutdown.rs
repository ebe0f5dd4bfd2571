//! Graceful shutdown.
//!
//! After the first signal, the server rejects new calls and waits for in-flight calls. A second signal ends the wait.

use std::pin::pin;
use std::time::Duration;

use toolcrate_executor::InFlight;
use toolcrate_listener::{Listener, shutdown_signal};

/// Time for connections to close after the last response.
const CONNECTION_CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// Stops accepting calls, and announces the shutdown. Call this after the first signal: another signal ends the wait
/// for in-flight calls, along with everything that waits for [`InFlight::forced_token`].
pub fn announce(calls: &InFlight) {
    // This handler stays until the process exits. It is installed before the shutdown is announced; otherwise, a signal
    // right after the announcement would be lost.
    let (second_signal, forced) = (shutdown_signal(), calls.clone());
    // This comes before the log line, so readers of the log can rely on it.
    calls.stop_accepting();
    tracing::info!("shutting down");
    tokio::spawn(async move {
        second_signal.await;
        forced.force_shutdown();
    });
}

/// Serves until `shutdown` resolves and in-flight calls have finished.
pub async fn serve(
    listener: Listener,
    router: axum::Router,
    calls: &InFlight,
    shutdown: impl Future<Output = ()>,
) {
    let draining = calls.draining_token();
    let mut server = pin!(listener.serve(router, async move { draining.cancelled().await }));
    tokio::select! {
        () = &mut server => return,
        () = shutdown => {}
    }
    let drain = async {
        announce(calls);
        calls.drain().await;
        tokio::time::sleep(CONNECTION_CLOSE_TIMEOUT).await;
    };
    // The server is still polled, so it closes its socket and responds to in-flight requests.
    tokio::select! {
        () = server => {}
        () = drain => {}
        () = calls.forced_token().cancelled_owned() => {}
    }
}
