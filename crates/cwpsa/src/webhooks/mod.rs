//! Webhooks: ConnectWise posts a callback for each change, and the change is handed on to a program, an address, or
//! sessions of the Model Context Protocol.
//!
//! A callback is taken if the account's own key signed it and it did not come before. It is answered once it
//! is in a queue of the [store](toolcrate_store::Store), from which a worker hands it on; so nothing that was taken is lost
//! when the process ends, if the store outlasts it.

mod account_webhooks;
mod delivery;
mod delivery_error;
mod error;
mod http_client;
mod key_url;
mod keys;
mod metrics;
mod payload;
mod settings;
pub mod signature;
mod sinks;
pub(crate) mod table;
mod worker;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

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

/// How long events that are being handed on are waited for at the end.
const GRACE: Duration = Duration::from_secs(10);

/// The webhooks of all accounts.
#[derive(Default)]
pub struct Webhooks {
    hooks: BTreeMap<String, Arc<AccountWebhooks>>,
    counts: WebhookMetrics,
}

impl Webhooks {
    /// None yet.
    pub fn new(counts: WebhookMetrics) -> Self {
        Self { hooks: BTreeMap::new(), counts }
    }

    /// Adds those of an account.
    pub fn add(&mut self, hook: AccountWebhooks) {
        self.hooks.insert(hook.account().to_owned(), Arc::new(hook));
    }

    /// The accounts that have some.
    pub fn accounts(&self) -> impl Iterator<Item = &str> {
        self.hooks.keys().map(String::as_str)
    }

    /// The events that MCP sessions of the account can listen to, if they may.
    pub fn events(&self, account: &str) -> Option<EventFeed> {
        self.hooks.get(account)?.events().cloned()
    }

    /// Checks what can be known of a callback before its body is read: its account takes callbacks, and it has a signature.
    ///
    /// # Errors
    /// Why it is not taken.
    pub fn check_head(&self, account: &str, signature: Option<&str>) -> Result<(), WebhookError> {
        match (self.hooks.contains_key(account), signature) {
            (false, _) => Err(self.refuse(account, WebhookError::UnknownAccount)),
            (true, None) => Err(self.refuse(account, WebhookError::Unsigned)),
            (true, Some(_)) => Ok(()),
        }
    }

    /// Takes a callback for an account: its body and the signature in its header.
    ///
    /// # Errors
    /// Why it was not taken.
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
        // Others choose the name of an account that is none.
        let known = if self.hooks.contains_key(account) { account } else { "" };
        let reason = refused.reason();
        self.counts.received(known, reason);
        match &refused {
            WebhookError::Replay => tracing::info!(account, "a callback came again"),
            _ => tracing::warn!(account, reason, why = %refused, "a callback was refused"),
        }
        refused
    }

    /// How many events wait for each receiver of the account, and how many were given up:
    /// `{post: {waiting, dead}}`. `None` if the account has no webhooks.
    ///
    /// # Errors
    /// What the store says.
    pub async fn state(&self, account: &str) -> Result<Option<Value>, Error> {
        let Some(hook) = self.hooks.get(account) else { return Ok(None) };
        let mut state = Map::new();
        for worker in hook.workers() {
            let (waiting, dead) = worker.count().await?;
            state.insert(worker.sink.name().to_owned(), json!({"waiting": waiting, "dead": dead}));
        }
        Ok(Some(Value::Object(state)))
    }

    /// Tries again what was given up of the account's events; says how many that are.
    ///
    /// # Errors
    /// What the store says.
    pub async fn revive(&self, account: &str) -> Result<Option<usize>, Error> {
        let Some(hook) = self.hooks.get(account) else { return Ok(None) };
        let mut count = 0;
        for worker in hook.workers() {
            count += worker.revive().await?;
        }
        tracing::info!(account, count, "events that were given up are tried again");
        Ok(Some(count))
    }

    /// Hands events on until `stop` is true, and finishes what is in hand then.
    pub async fn run(self: Arc<Self>, stop: watch::Receiver<bool>) {
        let mut tasks = JoinSet::new();
        for hook in self.hooks.values() {
            for worker in hook.workers() {
                tasks.spawn(Arc::clone(worker).run(stop.clone()));
            }
            if let Some(events) = hook.events() {
                tasks.spawn(events.clone().watch(stop.clone()));
            }
        }
        let mut stop = stop;
        // An error means that whoever could stop it is gone.
        let _ = stop.wait_for(|stop| *stop).await;
        let finish = async { while tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, finish).await.is_err() {
            tracing::warn!(
                "events that were being handed on did not get there in time; they are tried again"
            );
        }
    }
}
