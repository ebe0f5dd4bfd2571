//! Handles an account's callbacks: verifies and deduplicates them, and adds the resulting events to the queues of the
//! account's sinks (the destinations of its events).

use std::sync::Arc;
use std::time::Duration;

use connectwise_callbacks::{CallbackError, CallbackVerifier};
use connectwise_psa::runtime::Value;
use tokio::sync::Notify;

use super::delivery::{RetrySchedule, Sink};
use super::error::WebhookError;
use super::event_json::event_to_json;
use super::event_queue::EventQueue;
use super::large_callbacks::LargeCallbackLimit;
use super::metrics::WebhookMetrics;
use super::recovery::GapRecovery;
use super::reported_changes::ReportedChanges;
use super::settings::WebhookPlan;
use super::worker::DeliveryWorker;
use crate::error::CliError;
use crate::product::PRODUCT;
use crate::settings::Target;
use toolcrate_mcp::EventFeed;
use toolcrate_store::SharedStore as Shared;

/// Timeout for the API when it lists changes.
const RECOVERY_TIMEOUT: Duration = Duration::from_secs(60);

/// The webhooks of one account.
pub struct AccountWebhooks {
    account: String,
    verifier: CallbackVerifier,
    large_callbacks: LargeCallbackLimit,
    events: Option<EventFeed>,
    queue: Arc<EventQueue>,
    reported: ReportedChanges,
    recovery: Option<Arc<GapRecovery>>,
}

impl AccountWebhooks {
    /// Creates the webhooks of the account `name`.
    ///
    /// # Errors
    /// Returns an error if a key host or the base URL is invalid.
    pub fn new(
        name: &str,
        target: &Target,
        plan: &WebhookPlan,
        store: &Shared,
        counts: &WebhookMetrics,
    ) -> Result<Self, CliError> {
        // The account's client has checked the scheme of its URL. Replicas share accepted callbacks through the
        // store.
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
        let queue = Arc::new(EventQueue {
            account: name.to_owned(),
            store: Arc::clone(store),
            workers: workers.collect(),
        });
        let reported = ReportedChanges::new(name, store);
        let recovery = match plan.recovery_interval {
            None => None,
            Some(interval) => Some(Arc::new(GapRecovery {
                account: name.to_owned(),
                client: target.client_with_timeout(RECOVERY_TIMEOUT)?,
                interval,
                store: Arc::clone(store),
                queue: Arc::clone(&queue),
                reported: reported.clone(),
                metrics: counts.clone(),
            })),
        };
        let large_callbacks = LargeCallbackLimit::default();
        Ok(Self { account: name.to_owned(), verifier, large_callbacks, events, queue, reported, recovery })
    }

    /// Returns the account's name.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// Returns the events that MCP sessions can subscribe to, if enabled.
    pub fn events(&self) -> Option<&EventFeed> {
        self.events.as_ref()
    }

    /// Returns the limit on unverified large callbacks.
    pub(super) fn large_callbacks(&self) -> &LargeCallbackLimit {
        &self.large_callbacks
    }

    /// Returns the workers that deliver the events.
    pub fn workers(&self) -> &[Arc<DeliveryWorker>] {
        &self.queue.workers
    }

    /// Returns the task that recovers unreported changes, if enabled.
    pub(super) fn recovery(&self) -> Option<&Arc<GapRecovery>> {
        self.recovery.as_ref()
    }

    /// Accepts a callback, given its body, the size that the limit on large callbacks has counted, and its
    /// signature header.
    ///
    /// # Errors
    /// Returns an error if the callback is rejected or can't be stored.
    pub async fn receive(
        self: &Arc<Self>,
        body: &[u8],
        size: Option<u64>,
        signature: Option<&str>,
    ) -> Result<(), WebhookError> {
        let signature = signature.ok_or(CallbackError::Unsigned)?;
        let event = self.verifier.verify_signature(signature, body).await?;
        self.large_callbacks.verified(size);
        let (id, event) = (event.id.clone(), event_to_json(&event, &self.account));
        // A separate task completes even if the sender disconnects.
        let hook = Arc::clone(self);
        let stored = tokio::spawn(async move { hook.store(&id, &event).await }).await;
        stored.unwrap_or_else(|error| Err(WebhookError::NotStored(error.to_string())))
    }

    async fn store(&self, id: &str, event: &Value) -> Result<(), WebhookError> {
        self.queue.add(id, event.to_string().as_bytes()).await?;
        // At worst, recovery queues the change once more.
        if let Err(error) = self.reported.note(event).await {
            tracing::error!(account = self.account, %error, "can't record a reported change");
        }
        tracing::info!(account = self.account, event_id = id, "callback accepted");
        Ok(())
    }
}
