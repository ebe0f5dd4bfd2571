//! Stopping without loss: the process is told to stop, refuses what is new, lets what was begun come to its end for
//! a while, and leaves.

use std::pin::pin;
use std::time::Duration;

use toolcrate_executor::InFlight;
use toolcrate_listener::{Listener, shutdown_signal};

/// What is left for connections to close after the last answer went out.
const CLOSING: Duration = Duration::from_secs(1);

/// Takes no more calls and waits for those in flight; being told to stop again ends the wait, and all that comes after
/// it.
async fn finish(calls: &InFlight) {
    force_on_signal(calls);
    calls.drain().await;
}

/// Ends the process at the next signal, whatever it waits for.
pub fn force_on_signal(calls: &InFlight) {
    let (signal, calls) = (shutdown_signal(), calls.clone());
    tokio::spawn(async move {
        signal.await;
        calls.force_shutdown();
    });
}

/// Serves until `stop` resolves and the calls in flight are finished.
pub async fn serve(
    listener: Listener,
    router: axum::Router,
    calls: &InFlight,
    stop: impl Future<Output = ()>,
) {
    let stopping = calls.draining_token();
    let mut server = pin!(listener.serve(router, async move { stopping.cancelled().await }));
    tokio::select! {
        () = &mut server => return,
        () = stop => tracing::info!("stopping"),
    }
    // The server has to be driven on, so that it closes its door.
    let finish = async {
        finish(calls).await;
        tokio::time::sleep(CLOSING).await;
    };
    tokio::select! {
        () = server => {}
        () = finish => {}
        () = calls.forced_token().cancelled_owned() => {}
    }
}
