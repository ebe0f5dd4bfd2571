//! Delivers events from a queue, with retries and a dead-letter queue.
//!
//! All replicas of a server work on the same queue. A worker that claims an event gets a lease; if its process crashes,
//! the event can be claimed again after the lease expires. Each event is therefore delivered at least once, and
//! receivers deduplicate by `event_id`.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::JoinSet;

use super::delivery::{RetrySchedule, Sink};
use super::metrics::WebhookMetrics;
use toolcrate_store::{QueueItem as Claimed, SharedStore as Shared, StoreError as Error};

/// Maximum number of concurrent deliveries to one sink.
const MAX_CONCURRENT: usize = 8;
/// How often a queue is polled, for events that other replicas accepted or that were deferred.
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// Delay after a store error.
const STORE_RETRY_INTERVAL: Duration = Duration::from_secs(5);

/// Delivers the events of one account to one sink.
pub struct DeliveryWorker {
    pub account: String,
    pub sink: Sink,
    pub policy: RetrySchedule,
    pub store: Shared,
    pub counts: WebhookMetrics,
    /// Notified when an event has been pushed.
    pub pushed: Notify,
}

/// Returns the name of a sink's queue.
pub fn queue(account: &str, receiver: &str) -> String {
    format!("webhooks/{receiver}/{account}")
}

/// Returns the name of a sink's dead-letter queue.
pub fn dead_queue(account: &str, receiver: &str) -> String {
    format!("webhooks/dead/{receiver}/{account}")
}

impl DeliveryWorker {
    /// Returns the name of the worker's queue.
    pub fn queue(&self) -> String {
        queue(&self.account, self.sink.name())
    }

    /// Runs until `stop` is true, then finishes in-flight deliveries, as long as the caller waits.
    pub async fn run(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        let (queue, permits) = (self.queue(), Arc::new(Semaphore::new(MAX_CONCURRENT)));
        let mut tasks = JoinSet::new();
        let stopped = async move {
            // An error means that the sender was dropped.
            let _ = stop.wait_for(|stop| *stop).await;
        };
        tokio::pin!(stopped);
        loop {
            while tasks.try_join_next().is_some() {}
            let permit = tokio::select! {
                biased;
                () = &mut stopped => break,
                permit = Arc::clone(&permits).acquire_owned() => permit,
            };
            let pause = match self.store.claim(&queue, self.policy.lease).await {
                Ok(Some(claimed)) => {
                    let worker = Arc::clone(&self);
                    tasks.spawn(async move {
                        worker.work(claimed).await;
                        drop(permit);
                    });
                    continue;
                }
                Ok(None) => POLL_INTERVAL,
                Err(error) => {
                    tracing::error!(account = self.account, %error, "can't read the event queue");
                    STORE_RETRY_INTERVAL
                }
            };
            tokio::select! {
                () = &mut stopped => break,
                () = self.pushed.notified() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
        while tasks.join_next().await.is_some() {}
    }

    async fn work(&self, claimed: Claimed) {
        let result = self.sink.deliver(&claimed.item).await;
        let (account, to) = (&*self.account, self.sink.name());
        let event: Value = serde_json::from_slice(&claimed.item).unwrap_or_default();
        let event_id = event["event_id"].as_str().unwrap_or_default();
        let kept = match result {
            Ok(()) => {
                self.counts.deliveries(account, to, "delivered");
                tracing::info!(account, to, event_id, attempts = claimed.attempts, "event delivered");
                self.store.complete(&self.queue(), &claimed.id).await
            }
            Err(failed) => {
                self.counts.deliveries(account, to, "failed");
                let why = &*failed.why;
                match self.policy.pause(claimed.attempts, &failed) {
                    Some(pause) => {
                        let again_in = pause.as_secs();
                        tracing::warn!(
                            account,
                            to,
                            event_id,
                            why,
                            attempts = claimed.attempts,
                            again_in,
                            "event not delivered"
                        );
                        self.store.defer(&self.queue(), &claimed.id, pause).await
                    }
                    None => {
                        self.counts.deliveries(account, to, "dead");
                        tracing::error!(
                            account,
                            to,
                            event_id,
                            why,
                            attempts = claimed.attempts,
                            "event moved to the dead-letter queue"
                        );
                        self.give_up(&claimed, &event, why).await
                    }
                }
            }
        };
        // The lease expires, so the event is delivered again.
        if let Err(error) = kept {
            tracing::error!(account, to, event_id, %error, "can't record a delivery's result");
        }
    }

    /// Returns the number of waiting events, including those in flight, and the number of dead-lettered events.
    ///
    /// # Errors
    /// Returns an error if the store can't be read.
    pub async fn count(&self) -> Result<(usize, usize), Error> {
        let dead = dead_queue(&self.account, self.sink.name());
        Ok((self.store.queue_len(&self.queue()).await?, self.store.queue_len(&dead).await?))
    }

    /// Requeues the dead-lettered events, and returns their number.
    ///
    /// # Errors
    /// Returns an error if the store can't be written. In that case, no event is lost.
    pub async fn revive(&self) -> Result<usize, Error> {
        let dead = dead_queue(&self.account, self.sink.name());
        let mut count = 0;
        // Events that fail again in the meantime are left for the next call.
        for _ in 0..self.store.queue_len(&dead).await? {
            let Some(claimed) = self.store.claim(&dead, self.policy.lease).await? else { break };
            let entry: Value = serde_json::from_slice(&claimed.item).unwrap_or_default();
            self.store.push(&self.queue(), entry["event"].to_string().as_bytes(), Duration::ZERO).await?;
            self.store.complete(&dead, &claimed.id).await?;
            count += 1;
        }
        self.pushed.notify_one();
        Ok(count)
    }

    /// Moves the event to the dead-letter queue, where it stays until it is requeued.
    async fn give_up(&self, claimed: &Claimed, event: &Value, why: &str) -> Result<(), Error> {
        let dead = json!({"event": event, "attempts": claimed.attempts, "why": why}).to_string();
        let name = self.sink.name();
        self.store.push(&dead_queue(&self.account, name), dead.as_bytes(), Duration::ZERO).await?;
        self.store.complete(&self.queue(), &claimed.id).await
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::webhooks::sinks::command::CommandSink;
    use prometheus_client::encoding::text::encode;
    use prometheus_client::registry::Registry;
    use toolcrate_store::MemoryStore as Memory;

    /// Polls a condition. The published crate can't use the helpers in `toolcrate-testing`, which isn't published.
    async fn wait_until(mut holds: impl AsyncFnMut() -> bool) {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    struct Setup {
        worker: Arc<DeliveryWorker>,
        registry: Registry,
        stop: watch::Sender<bool>,
        running: tokio::task::JoinHandle<()>,
    }

    impl Setup {
        async fn new(script: &str, attempts: u32) -> Self {
            let mut registry = Registry::default();
            let line = ["sh", "-c", script].map(str::to_owned);
            let worker = Arc::new(DeliveryWorker {
                account: "acme".to_owned(),
                sink: Sink::Command(CommandSink::new(&line, Duration::from_secs(10)).unwrap()),
                policy: RetrySchedule {
                    first: Duration::from_millis(20),
                    attempts,
                    lease: Duration::from_secs(60),
                },
                store: Arc::new(Memory::default()),
                counts: WebhookMetrics::new(&mut registry),
                pushed: Notify::new(),
            });
            let (stop, stopped) = watch::channel(false);
            worker
                .store
                .push("webhooks/command/acme", b"{\"event_id\":\"evt_1\"}", Duration::ZERO)
                .await
                .unwrap();
            let running = tokio::spawn(Arc::clone(&worker).run(stopped));
            Self { worker, registry, stop, running }
        }

        async fn left(&self, queue: &str) -> usize {
            self.worker.store.queue_len(queue).await.unwrap()
        }

        async fn until_empty(&self) {
            wait_until(async || self.left("webhooks/command/acme").await == 0).await;
        }

        fn counted(&self) -> String {
            let mut text = String::new();
            encode(&mut text, &self.registry).unwrap();
            text
        }
    }

    #[tokio::test]
    async fn failed_delivery_is_retried_until_it_succeeds() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display();
        // It fails twice.
        let setup =
            Setup::new(&format!("echo x >> {path}/tries; test $(wc -l < {path}/tries) -gt 2"), 9).await;
        setup.until_empty().await;
        assert_eq!(std::fs::read_to_string(folder.path().join("tries")).unwrap().lines().count(), 3);
        let counted = setup.counted();
        for line in [r#"account="acme",to="command",outcome="failed"} 2"#, r#"outcome="delivered"} 1"#] {
            assert!(counted.contains(line), "{counted}");
        }
        assert_eq!(setup.left("webhooks/dead/command/acme").await, 0);
    }

    #[tokio::test]
    async fn event_that_keeps_failing_is_dead_lettered() {
        let setup = Setup::new("exit 3", 3).await;
        setup.until_empty().await;
        let store = &setup.worker.store;
        let dead = store.claim("webhooks/dead/command/acme", Duration::from_secs(1)).await.unwrap().unwrap();
        let dead: Value = serde_json::from_slice(&dead.item).unwrap();
        assert_eq!((&dead["event"]["event_id"], &dead["attempts"]), (&json!("evt_1"), &json!(3)));
        assert_eq!(dead["why"], "sh failed with exit status: 3");
        assert!(setup.counted().contains(r#"outcome="dead"} 1"#));
        assert_eq!(setup.worker.count().await.unwrap(), (0, 1));
        assert_eq!(setup.worker.revive().await.unwrap(), 0, "it is in the hands of this test");
        // The event stays claimed until its lease expires.
        let mut revived = 0;
        wait_until(async || {
            revived = setup.worker.revive().await.unwrap();
            revived > 0
        })
        .await;
        assert_eq!(revived, 1);
        setup.until_empty().await;
        assert_eq!(setup.worker.count().await.unwrap(), (0, 1), "it died again");
    }

    #[tokio::test]
    async fn delivery_in_flight_is_finished_before_shutdown() {
        let folder = tempfile::tempdir().unwrap();
        let [begun, finish] = ["begun", "finish"].map(|name| folder.path().join(name));
        let (first, last) = (begun.display(), finish.display());
        let script = format!("touch {first}; until test -e {last}; do sleep 0.05; done");
        let setup = Setup::new(&script, 3).await;
        wait_until(async || begun.exists()).await;
        assert_eq!(setup.left("webhooks/command/acme").await, 1);
        setup.stop.send_replace(true);
        std::fs::write(finish, "").unwrap();
        setup.running.await.unwrap();
        assert_eq!(setup.worker.store.queue_len("webhooks/command/acme").await.unwrap(), 0);
    }
}
