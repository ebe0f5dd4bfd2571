//! Graceful shutdown.
//!
//! After the first signal, the server rejects new calls and waits for in-flight calls. A second signal ends the wait.

use std::pin::pin;
use std::time::Duration;

use toolcrate_executor::InFlight;
use toolcrate_listener::{Listener, shutdown_signal};

/// How long connections may take to close after the last response.
const CONNECTION_CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// Accepts no more calls, and announces the shutdown. Call this when the first signal has arrived: another one ends the
/// wait for calls in flight, and everything that waits for [`InFlight::forced_token`].
pub fn announce(calls: &InFlight) {
    // From here to the end of the process. The handler is installed before the shutdown is announced, or a signal that
    // follows the announcement would be lost.
    let (second_signal, forced) = (shutdown_signal(), calls.clone());
    // Before the log line, so that readers of the log can rely on it.
    calls.stop_accepting();
    tracing::info!("shutting down");
    tokio::spawn(async move {
        second_signal.await;
        forced.force_shutdown();
    });
}

/// Serves until `shutdown` resolves and the calls in flight are finished.
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
    // The server is polled meanwhile, so that it closes its socket and responds to requests in flight.
    tokio::select! {
        () = server => {}
        () = drain => {}
        () = calls.forced_token().cancelled_owned() => {}
    }
}
