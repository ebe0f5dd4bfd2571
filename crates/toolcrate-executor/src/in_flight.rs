//! Tracks calls that are in progress, so a process can wait for them before it stops.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
pub use tokio_util::task::task_tracker::TaskTrackerToken as InFlightToken;

/// Tracks in-flight calls. Clones share the same state.
#[derive(Clone, Debug)]
pub struct InFlight {
    calls: TaskTracker,
    draining: CancellationToken,
    drained: CancellationToken,
    forced: CancellationToken,
    grace: Duration,
}

impl InFlight {
    /// Creates a tracker that gives calls up to `grace` to finish once [`drain`](Self::drain) is called.
    pub fn new(grace: Duration) -> Self {
        let [draining, drained, forced] = std::array::from_fn(|_| CancellationToken::new());
        Self { calls: TaskTracker::new(), draining, drained, forced, grace }
    }

    /// Registers a call, which is in flight until the token is dropped. Returns `None` during shutdown.
    pub fn acquire(&self) -> Option<InFlightToken> {
        (!self.is_draining()).then(|| self.calls.token())
    }

    /// Returns true if and only if no more calls are accepted.
    pub fn is_draining(&self) -> bool {
        self.draining.is_cancelled()
    }

    /// Returns a token that is canceled when no more calls are accepted.
    pub fn draining_token(&self) -> CancellationToken {
        self.draining.clone()
    }

    /// Returns a token that is canceled when everything still open must end, such as sessions waiting for a client.
    pub fn drained_token(&self) -> CancellationToken {
        self.drained.clone()
    }

    /// Returns a token that is canceled when the process must exit without waiting for anything.
    pub fn forced_token(&self) -> CancellationToken {
        self.forced.clone()
    }

    /// Stops accepting calls.
    pub fn stop_accepting(&self) {
        self.draining.cancel();
        self.calls.close();
    }

    /// Stops accepting calls and waits up to the grace period for in-flight calls. Returns true if and only if all of
    /// them have finished.
    pub async fn drain(&self) -> bool {
        self.stop_accepting();
        let finished = tokio::select! {
            () = self.calls.wait() => true,
            () = tokio::time::sleep(self.grace) => false,
            () = self.forced.cancelled() => false,
        };
        if !finished {
            tracing::warn!(calls = self.calls.len(), "shut down before these calls finished");
        }
        self.drained.cancel();
        finished
    }

    /// Ends [`drain`](Self::drain) immediately, along with everything else that waits for
    /// [`forced_token`](Self::forced_token).
    pub fn force_shutdown(&self) {
        self.forced.cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn draining_waits_for_calls_but_no_longer_than_the_grace_period() {
        let in_flight = InFlight::new(Duration::from_secs(30));
        let call = in_flight.acquire().unwrap();
        let drain = tokio::spawn({
            let in_flight = in_flight.clone();
            async move { in_flight.drain().await }
        });
        in_flight.draining_token().cancelled().await;
        assert!(in_flight.acquire().is_none());
        drop(call);
        assert!(drain.await.unwrap() && in_flight.drained_token().is_cancelled());

        let in_flight = InFlight::new(Duration::from_secs(30));
        let _call = in_flight.acquire().unwrap();
        assert!(!in_flight.drain().await, "the grace period is over");
    }

    #[tokio::test(start_paused = true)]
    async fn forced_shutdown_does_not_wait() {
        let in_flight = InFlight::new(Duration::MAX);
        let _call = in_flight.acquire().unwrap();
        in_flight.force_shutdown();
        assert!(!in_flight.drain().await);
    }
}
