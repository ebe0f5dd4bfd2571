//! Stopping without loss: the process is told to stop, refuses what is new, lets what was begun come to its end for
//! a while, and leaves.

use std::pin::pin;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;
use toolcrate_listener::{Listener, shutdown_signal};

/// What is left for connections to close after the last answer went out.
const CLOSING: Duration = Duration::from_secs(1);

/// The calls in flight.
#[derive(Clone, Debug)]
pub struct Calls {
    begun: TaskTracker,
    /// No new ones are taken.
    stopping: CancellationToken,
    /// What stays open by itself, such as a session that waits for the client, has to end now.
    ended: CancellationToken,
    /// The process was told to stop again: nothing is waited for.
    hurry: CancellationToken,
    grace: Duration,
}

impl Calls {
    /// None yet; at the end they are given so much time.
    pub fn new(grace: Duration) -> Self {
        let [stopping, ended, hurry] = std::array::from_fn(|_| CancellationToken::new());
        Self { begun: TaskTracker::new(), stopping, ended, hurry, grace }
    }

    /// A call begins, which lasts as long as what is given; `None` if no more are taken.
    pub fn begin(&self) -> Option<TaskTrackerToken> {
        (!self.stopping.is_cancelled()).then(|| self.begun.token())
    }

    /// Whether no more are taken.
    pub fn are_stopping(&self) -> bool {
        self.stopping.is_cancelled()
    }

    /// Resolves when no more are taken.
    pub async fn stopping(&self) {
        self.stopping.cancelled().await;
    }

    /// Is cancelled when all that is still open has to end.
    pub fn ended(&self) -> CancellationToken {
        self.ended.clone()
    }

    /// Resolves when the process was told to stop a second time, and has to end at once.
    pub async fn hurry(&self) {
        self.hurry.cancelled().await;
    }

    /// Takes no more, and waits for those that were begun as long as they are given; being told to stop again ends
    /// the wait, and all that comes after it. Whether all have ended.
    pub async fn finish(&self) -> bool {
        self.stopping.cancel();
        self.begun.close();
        // From here to the end of the process, whatever it waits for.
        let (hurry, told) = (self.hurry.clone(), shutdown_signal());
        tokio::spawn(async move {
            told.await;
            hurry.cancel();
        });
        let finished = tokio::select! {
            () = self.begun.wait() => true,
            () = tokio::time::sleep(self.grace) => false,
            () = self.hurry() => false,
        };
        if !finished {
            tracing::warn!(calls = self.begun.len(), "stopped before these calls had ended");
        }
        self.ended.cancel();
        finished
    }
}

/// Serves until `stop` resolves and the calls in flight are finished.
pub async fn serve(listener: Listener, router: axum::Router, calls: &Calls, stop: impl Future<Output = ()>) {
    let stopping = calls.stopping.clone();
    let mut server = pin!(listener.serve(router, async move { stopping.cancelled().await }));
    tokio::select! {
        () = &mut server => return,
        () = stop => tracing::info!("stopping"),
    }
    // The server has to be driven on, so that it closes its door.
    let finish = async {
        calls.finish().await;
        tokio::time::sleep(CLOSING).await;
    };
    tokio::select! {
        () = server => {}
        () = finish => {}
        () = calls.hurry() => {}
    }
}
