//! Webhooks: ConnectWise posts a callback for each change, and the server delivers it as an event to a program, a URL, or
//! MCP sessions.
//!
//! A callback is accepted if the account's own key signed it and it is not a replay. The response is sent once the event is
//! in a queue of the [store](toolcrate_store::Store), from which a worker delivers it. So no accepted event is lost when
//! the process exits, if the store is persistent. Changes that no callback reported are recovered by regular scans.

mod account_webhooks;
mod delivery;
mod delivery_error;
mod error;
mod event_json;
mod event_queue;
mod http_client;
mod metrics;
mod recovery;
mod reported_changes;
mod settings;
mod signature;
mod sinks;
pub(crate) mod table;
mod worker;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use connectwise_callbacks::CallbackError;
use serde_json::{Map, Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;

pub use account_webhooks::AccountWebhooks;
pub use error::WebhookError;
pub use metrics::WebhookMetrics;
pub use settings::WebhookPlan;
pub use table::WebhookTable;

use toolcrate_mcp::EventFeed;
use toolcrate_store::StoreError as Error;

/// How long shutdown waits for deliveries in flight.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(10);

/// The webhooks of all accounts.
#[derive(Default)]
pub struct Webhooks {
    hooks: BTreeMap<String, Arc<AccountWebhooks>>,
    counts: WebhookMetrics,
}

impl Webhooks {
    /// Creates an empty set of webhooks.
    pub fn new(counts: WebhookMetrics) -> Self {
        Self { hooks: BTreeMap::new(), counts }
    }

    /// Adds the webhooks of an account.
    pub fn add(&mut self, hook: AccountWebhooks) {
        self.hooks.insert(hook.account().to_owned(), Arc::new(hook));
    }

    /// Returns the accounts that have webhooks.
    pub fn accounts(&self) -> impl Iterator<Item = &str> {
        self.hooks.keys().map(String::as_str)
    }

    /// Returns the events that MCP sessions of the account can subscribe to, if enabled.
    pub fn events(&self, account: &str) -> Option<EventFeed> {
        self.hooks.get(account)?.events().cloned()
    }

    /// Checks a callback before its body is read: its account must have webhooks, and it must have a signature.
    ///
    /// # Errors
    /// Returns the reason for the rejection.
    pub fn check_head(&self, account: &str, signature: Option<&str>) -> Result<(), WebhookError> {
        match (self.hooks.contains_key(account), signature) {
            (false, _) => Err(self.refuse(account, WebhookError::UnknownAccount)),
            (true, None) => Err(self.refuse(account, CallbackError::Unsigned.into())),
            (true, Some(_)) => Ok(()),
        }
    }

    /// Accepts a callback for an account: its body and the signature in its header.
    ///
    /// # Errors
    /// Returns the reason for the rejection.
    pub async fn receive(
        &self,
        account: &str,
        body: &[u8],
        signature: Option<&str>,
    ) -> Result<(), WebhookError> {
        let result = match self.hooks.get(account) {
            Some(hook) => hook.receive(body, signature).await,
            None => Err(WebhookError::UnknownAccount),
        };
        match result {
            Ok(()) => self.counts.received(account, "received"),
            Err(refused) => return Err(self.refuse(account, refused)),
        }
        Ok(())
    }

    /// Counts a rejected callback and logs it.
    pub fn refuse(&self, account: &str, refused: WebhookError) -> WebhookError {
        // The name of an unknown account is chosen by the sender, so it must not become a label.
        let known = if self.hooks.contains_key(account) { account } else { "" };
        let reason = refused.reason();
        self.counts.received(known, reason);
        match &refused {
            WebhookError::Callback(CallbackError::Replay) => {
                tracing::info!(account, "replayed callback ignored")
            }
            _ => tracing::warn!(account, reason, why = %refused, "callback rejected"),
        }
        refused
    }

    /// Returns the number of waiting and dead-lettered events for each sink of the account: `{post: {waiting, dead}}`.
    /// Returns `None` if the account has no webhooks.
    ///
    /// # Errors
    /// Returns an error if the store can't be read.
    pub async fn state(&self, account: &str) -> Result<Option<Value>, Error> {
        let Some(hook) = self.hooks.get(account) else { return Ok(None) };
        let mut state = Map::new();
        for worker in hook.workers() {
            let (waiting, dead) = worker.count().await?;
            state.insert(worker.sink.name().to_owned(), json!({"waiting": waiting, "dead": dead}));
        }
        Ok(Some(Value::Object(state)))
    }

    /// Requeues the dead-lettered events of the account, and returns their number.
    ///
    /// # Errors
    /// Returns an error if the store can't be written.
    pub async fn revive(&self, account: &str) -> Result<Option<usize>, Error> {
        let Some(hook) = self.hooks.get(account) else { return Ok(None) };
        let mut count = 0;
        for worker in hook.workers() {
            count += worker.revive().await?;
        }
        tracing::info!(account, count, "dead-lettered events requeued");
        Ok(Some(count))
    }

    /// Delivers events until `stop` is true, and then finishes deliveries in flight.
    pub async fn run(self: Arc<Self>, stop: watch::Receiver<bool>) {
        let mut tasks = JoinSet::new();
        for hook in self.hooks.values() {
            for worker in hook.workers() {
                tasks.spawn(Arc::clone(worker).run(stop.clone()));
            }
            if let Some(events) = hook.events() {
                tasks.spawn(events.clone().watch(stop.clone()));
            }
            if let Some(recovery) = hook.recovery() {
                tasks.spawn(Arc::clone(recovery).run(stop.clone()));
            }
        }
        let mut stop = stop;
        // An error means that the sender was dropped.
        let _ = stop.wait_for(|stop| *stop).await;
        let finish = async { while tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(SHUTDOWN_TIMEOUT, finish).await.is_err() {
            tracing::warn!("in-flight deliveries did not finish before shutdown and will be retried");
        }
    }
}
