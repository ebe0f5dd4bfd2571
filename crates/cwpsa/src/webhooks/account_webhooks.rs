//! The webhooks of one account: checks a callback, remembers it, and puts it into the queues of those who want it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::delivery::{RetrySchedule, Sink};
use super::error::WebhookError;
use super::key_url::KeyUrlPolicy;
use super::keys::KeyCache;
use super::metrics::WebhookMetrics;
use super::payload::CallbackPayload;
use super::settings::WebhookPlan;
use super::worker::DeliveryWorker;
use crate::error::CliError;
use crate::product::PRODUCT;
use crate::settings::Target;
use toolcrate_mcp::EventFeed;
use toolcrate_store::{SharedStore as Shared, StoreError as Error};

/// How long it is remembered that a callback was taken. A signature holds no time, so a callback that comes again after
/// that is taken for a new one.
const REMEMBERED: Duration = Duration::from_secs(7 * 24 * 3600);
/// How long a callback is reserved for whoever is storing it.
const RESERVED: Duration = Duration::from_secs(10);

/// What stands for a callback that is being stored.
const UNDER_WAY: &[u8] = b"0";
/// What stands for one that is stored.
const TAKEN: &[u8] = b"1";

/// The webhooks of one account.
pub struct AccountWebhooks {
    account: String,
    keys: KeyCache,
    store: Shared,
    events: Option<EventFeed>,
    workers: Vec<Arc<DeliveryWorker>>,
}

impl AccountWebhooks {
    /// Those of the account `name`, as planned.
    ///
    /// # Errors
    /// A host that is none.
    pub fn new(
        name: &str,
        target: &Target,
        plan: &WebhookPlan,
        store: &Shared,
        counts: &WebhookMetrics,
    ) -> Result<Self, CliError> {
        let place = KeyUrlPolicy::new(&target.base_url, &target.credentials.company_id, &plan.key_hosts);
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
            keys: KeyCache::new(place.map_err(CliError::Usage)?),
            store: Arc::clone(store),
            workers: workers.collect(),
            events,
        })
    }

    /// Whose they are.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// What MCP sessions can listen to.
    pub fn events(&self) -> Option<&EventFeed> {
        self.events.as_ref()
    }

    /// What hands the events on.
    pub fn workers(&self) -> &[Arc<DeliveryWorker>] {
        &self.workers
    }

    /// Takes a callback: its body and the signature in its header.
    ///
    /// # Errors
    /// Why it was not taken.
    pub async fn receive(self: &Arc<Self>, body: &[u8], signature: Option<&str>) -> Result<(), WebhookError> {
        let signature = signature.ok_or(WebhookError::Unsigned)?;
        let message = CallbackPayload::read(body)?;
        self.keys.check(message.key_url()?, body, signature).await?;
        let id = message.identity(&self.account, body);
        let event = message.event(&id, &self.account).to_string();
        // A task of its own, which goes on if whoever sent the callback does not wait for its end.
        let hook = Arc::clone(self);
        let stored = tokio::spawn(async move { hook.store(&id, event.as_bytes()).await }).await;
        stored.unwrap_or_else(|error| Err(WebhookError::NotStored(error.to_string())))
    }

    async fn store(&self, id: &str, event: &[u8]) -> Result<(), WebhookError> {
        let seen = format!("webhooks-seen/{}/{id}", self.account);
        let stored = self.store.put_new(&seen, UNDER_WAY, RESERVED).await;
        match stored.map_err(not_stored)?.as_deref() {
            None => {}
            Some(TAKEN) => return Err(WebhookError::Replay),
            Some(_) => return Err(WebhookError::UnderWay),
        }
        if let Err(error) = self.push(event).await {
            // It may come again at once. If this fails too, it may after a while.
            let _ = self.store.remove(&seen).await;
            return Err(not_stored(error));
        }
        // It is in its queues. At worst it is taken twice, which an event may be. In memory the oldest marks make room for
        // new ones, so that there is always room for a callback.
        if let Err(error) = self.store.put_evictable(&seen, TAKEN, REMEMBERED).await {
            tracing::error!(account = self.account, %error, "it could not be noted that a callback was taken");
        }
        tracing::info!(account = self.account, event_id = id, "a callback was taken");
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
