//! Webhooks: ConnectWise posts a callback for each change, and the server delivers it as an event to a program, a URL,
//! or MCP sessions.
//!
//! A callback is accepted if it is signed with the account's own key and isn't a replay. The response is sent once the
//! event is in a queue in the [store](toolcrate_store::Store), from which a worker delivers the event. With a
//! persistent store, no accepted event is lost when the process exits. Regular scans recover changes that no callback
//! reported.

mod account_webhooks;
mod delivery;
mod delivery_error;
mod error;
mod event_json;
mod event_queue;
mod http_client;
mod large_callbacks;
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

use connectwise_callbacks::{CallbackError, is_signature};
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

/// The maximum callback size. A callback contains a record as a JSON string.
pub const MAX_CALLBACK_BYTES: u64 = 1 << 20;
/// How long shutdown waits for in-flight deliveries.
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

    /// Adds an account's webhooks.
    pub fn add(&mut self, hook: AccountWebhooks) {
        self.hooks.insert(hook.account().to_owned(), Arc::new(hook));
    }

    /// Returns the accounts with webhooks.
    pub fn accounts(&self) -> impl Iterator<Item = &str> {
        self.hooks.keys().map(String::as_str)
    }

    /// Returns the events that the account's MCP sessions can subscribe to, if enabled.
    pub fn events(&self, account: &str) -> Option<EventFeed> {
        self.hooks.get(account)?.events().cloned()
    }

    /// Checks a callback before its body is read: its account must have webhooks, and it must be signed.
    ///
    /// # Errors
    /// Returns the reason for the rejection.
    pub fn check_head(&self, account: &str, signature: Option<&str>) -> Result<(), WebhookError> {
        match (self.hooks.contains_key(account), signature) {
            (false, _) => Err(self.refuse(account, WebhookError::UnknownAccount)),
            (true, None) => Err(self.refuse(account, CallbackError::Unsigned.into())),
            (true, Some(signature)) if !is_signature(signature) => {
                Err(self.refuse(account, CallbackError::WrongSignature.into()))
            }
            (true, Some(_)) => Ok(()),
        }
    }

    /// Checks that a body of this size, or of unknown size, may be read. Call this once before
    /// [`receive`](Self::receive).
    ///
    /// # Errors
    /// Returns the reason for the rejection.
    pub fn check_size(&self, account: &str, size: Option<u64>) -> Result<(), WebhookError> {
        if size.is_some_and(|size| size > MAX_CALLBACK_BYTES) {
            return Err(self.refuse(account, WebhookError::TooLarge));
        }
        match self.hooks.get(account) {
            Some(hook) if !hook.large_callbacks().begin(size) => {
                Err(self.refuse(account, WebhookError::Busy))
            }
            _ => Ok(()),
        }
    }

    /// Accepts a callback for an account, given its body and its signature header. `size` is the size that was
    /// [checked](Self::check_size).
    ///
    /// # Errors
    /// Returns the reason for the rejection.
    pub async fn receive(
        &self,
        account: &str,
        body: &[u8],
        size: Option<u64>,
        signature: Option<&str>,
    ) -> Result<(), WebhookError> {
        let result = match self.hooks.get(account) {
            Some(hook) => hook.receive(body, size, signature).await,
            None => Err(WebhookError::UnknownAccount),
        };
        match result {
            Ok(()) => self.counts.received(account, "received"),
            Err(refused) => return Err(self.refuse(account, refused)),
        }
        Ok(())
    }

    /// Counts and logs a rejected callback.
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

    /// Returns the number of waiting and dead-lettered events for each of the account's sinks: `{post: {waiting,
    /// dead}}`. Returns `None` if the account has no webhooks.
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

    /// Requeues the account's dead-lettered events, and returns their number.
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

    /// Delivers events until `stop` is true, then finishes in-flight deliveries.
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
