//! Stopping without loss: the process is told to stop, refuses what is new, lets what was begun come to its end for
//! a while, and leaves.

use std::pin::pin;
use std::time::Duration;

use tokio::net::TcpListener;
use toolcrate_executor::InFlight;

use crate::door::{self, Patience};

/// What is left for connections to close after the last answer went out.
const CLOSING: Duration = Duration::from_secs(1);

/// Takes no more calls and waits for those in flight; being told to stop again ends the wait, and all that comes after
/// it.
pub async fn finish(calls: &InFlight) {
    // From here to the end of the process, whatever it waits for.
    let (told, forced) = (told(), calls.clone());
    tokio::spawn(async move {
        told.await;
        forced.force_shutdown();
    });
    calls.drain().await;
}

/// Serves until `stop` resolves and the calls in flight are finished.
pub async fn serve(
    listener: TcpListener,
    router: axum::Router,
    calls: &InFlight,
    stop: impl Future<Output = ()>,
) {
    let stopping = calls.draining_token();
    let mut server = pin!(door::serve(listener, router, Patience::default(), stopping));
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

/// Resolves when the process is told to stop from here on: Ctrl-C, or SIGTERM where there are signals. Who says that it
/// serves calls this before, as a signal that nobody waits for ends the process.
pub fn told() -> impl Future<Output = ()> + Send + 'static {
    #[cfg(unix)]
    let signals = {
        use tokio::signal::unix::{SignalKind, signal};
        [SignalKind::terminate(), SignalKind::interrupt()].map(signal)
    };
    async move {
        #[cfg(unix)]
        let told = async {
            let [terminated, interrupted] = signals.map(|signals| async {
                match signals {
                    Ok(mut signals) => {
                        signals.recv().await;
                    }
                    // There is nothing to wait for; the process then ends by being killed.
                    Err(_) => std::future::pending().await,
                }
            });
            tokio::select! {
                () = terminated => {}
                () = interrupted => {}
            }
        };
        #[cfg(not(unix))]
        let told = async {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        told.await;
    }
}
