//! The webhooks of one account: verifies a callback, deduplicates it, and adds it to the queues of the account's sinks.

use std::sync::Arc;
use std::time::Duration;

use connectwise_callbacks::{CallbackError, CallbackVerifier};
use tokio::sync::Notify;

use super::delivery::{RetrySchedule, Sink};
use super::error::WebhookError;
use super::event_json::event_to_json;
use super::metrics::WebhookMetrics;
use super::settings::WebhookPlan;
use super::worker::DeliveryWorker;
use crate::error::CliError;
use crate::product::PRODUCT;
use crate::settings::Target;
use toolcrate_mcp::EventFeed;
use toolcrate_store::{SharedStore as Shared, StoreError as Error};

/// How long accepted callbacks are remembered for deduplication. A signature contains no timestamp, so a callback that is
/// replayed later is accepted as a new one.
const ACCEPTED_TTL: Duration = Duration::from_secs(7 * 24 * 3600);
/// How long a callback is reserved for the replica that stores it.
const RESERVATION_TTL: Duration = Duration::from_secs(10);

/// Marks a callback that is being stored.
const STORING: &[u8] = b"0";
/// Marks a callback that has been stored.
const ACCEPTED: &[u8] = b"1";

/// The webhooks of one account.
pub struct AccountWebhooks {
    account: String,
    verifier: CallbackVerifier,
    store: Shared,
    events: Option<EventFeed>,
    workers: Vec<Arc<DeliveryWorker>>,
}

impl AccountWebhooks {
    /// Creates the webhooks of the account `name`.
    ///
    /// # Errors
    /// Returns an error if a key host is invalid.
    pub fn new(
        name: &str,
        target: &Target,
        plan: &WebhookPlan,
        store: &Shared,
        counts: &WebhookMetrics,
    ) -> Result<Self, CliError> {
        // The client of the account has checked the scheme of its URL. Replicas share what was accepted in the store.
        let mut builder = CallbackVerifier::builder(&target.base_url, &target.credentials.company_id)
            .user_agent(concat!("cwpsa/", env!("CARGO_PKG_VERSION")))
            .allow_plain_http()
            .without_replay_window();
        for host in &plan.key_hosts {
            builder = builder.key_host(host);
        }
        let verifier = builder.build().map_err(|error| CliError::Usage(error.to_string()))?;
        let events = plan.mcp.then(|| EventFeed::new(&PRODUCT, name, Arc::clone(store)));
        let workers = Sink::from_plan(plan, events.as_ref()).into_iter().map(|sink| {
            Arc::new(DeliveryWorker {
                account: name.to_owned(),
                sink,
                policy: RetrySchedule::from_plan(plan),
                store: Arc::clone(store),
                counts: counts.clone(),
                pushed: Notify::new(),
            })
        });
        Ok(Self {
            account: name.to_owned(),
            verifier,
            store: Arc::clone(store),
            workers: workers.collect(),
            events,
        })
    }

    /// Returns the name of the account.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// Returns the events that MCP sessions can subscribe to, if enabled.
    pub fn events(&self) -> Option<&EventFeed> {
        self.events.as_ref()
    }

    /// Returns the workers that deliver the events.
    pub fn workers(&self) -> &[Arc<DeliveryWorker>] {
        &self.workers
    }

    /// Accepts a callback: its body and the signature in its header.
    ///
    /// # Errors
    /// Returns an error if the callback is rejected or can't be stored.
    pub async fn receive(self: &Arc<Self>, body: &[u8], signature: Option<&str>) -> Result<(), WebhookError> {
        let signature = signature.ok_or(CallbackError::Unsigned)?;
        let event = self.verifier.verify_signature(signature, body).await?;
        let (id, event) = (event.id.clone(), event_to_json(&event, &self.account).to_string());
        // A separate task, so that it completes even if the sender disconnects.
        let hook = Arc::clone(self);
        let stored = tokio::spawn(async move { hook.store(&id, event.as_bytes()).await }).await;
        stored.unwrap_or_else(|error| Err(WebhookError::NotStored(error.to_string())))
    }

    async fn store(&self, id: &str, event: &[u8]) -> Result<(), WebhookError> {
        let seen = format!("webhooks-seen/{}/{id}", self.account);
        let stored = self.store.put_new(&seen, STORING, RESERVATION_TTL).await;
        match stored.map_err(not_stored)?.as_deref() {
            None => {}
            Some(ACCEPTED) => return Err(CallbackError::Replay.into()),
            Some(_) => return Err(WebhookError::UnderWay),
        }
        if let Err(error) = self.push(event).await {
            // Allows an immediate retry. If this fails too, the reservation expires.
            let _ = self.store.remove(&seen).await;
            return Err(not_stored(error));
        }
        // The event is queued. At worst it is delivered twice, which is documented. In memory, the oldest marks are evicted
        // for new ones, so that there is always room for a callback.
        if let Err(error) = self.store.put_evictable(&seen, ACCEPTED, ACCEPTED_TTL).await {
            tracing::error!(account = self.account, %error, "cannot mark a callback as accepted");
        }
        tracing::info!(account = self.account, event_id = id, "callback accepted");
        Ok(())
    }

    async fn push(&self, event: &[u8]) -> Result<(), Error> {
        for worker in &self.workers {
            self.store.push(&worker.queue(), event, Duration::ZERO).await?;
            worker.pushed.notify_one();
        }
        Ok(())
    }
}

fn not_stored(error: Error) -> WebhookError {
    WebhookError::NotStored(error.to_string())
}
