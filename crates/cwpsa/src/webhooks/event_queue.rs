//! Adds an account's events to its delivery queues, each event only once.

use std::sync::Arc;
use std::time::Duration;

use connectwise_callbacks::CallbackError;
use toolcrate_store::{SharedStore, StoreError};

use super::error::WebhookError;
use super::worker::DeliveryWorker;

/// How long accepted events are remembered for deduplication. A signature contains no timestamp, so a callback that is
/// replayed later is accepted as a new one.
pub(super) const ACCEPTED_TTL: Duration = Duration::from_secs(7 * 24 * 3600);
/// How long an event is reserved for the replica that stores it.
const RESERVATION_TTL: Duration = Duration::from_secs(10);

/// Marks an event that is being stored.
const STORING: &[u8] = b"0";
/// Marks an event that has been stored.
const ACCEPTED: &[u8] = b"1";

/// The queues of one account.
pub(super) struct EventQueue {
    pub account: String,
    pub store: SharedStore,
    /// The workers that deliver the events.
    pub workers: Vec<Arc<DeliveryWorker>>,
}

impl EventQueue {
    /// Adds an event to all queues, unless one with the same ID has already been added.
    ///
    /// # Errors
    /// Returns [`CallbackError::Replay`] or [`WebhookError::UnderWay`] if the event has been or is being added, and
    /// [`WebhookError::NotStored`] if the store fails.
    pub async fn add(&self, id: &str, event: &[u8]) -> Result<(), WebhookError> {
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
        // The event is queued. At worst, it is delivered twice, which is documented. The in-memory store evicts the
        // oldest marks for new ones, so there is always room for an event.
        if let Err(error) = self.store.put_evictable(&seen, ACCEPTED, ACCEPTED_TTL).await {
            tracing::error!(account = self.account, %error, "can't mark an event as accepted");
        }
        Ok(())
    }

    async fn push(&self, event: &[u8]) -> Result<(), StoreError> {
        for worker in &self.workers {
            self.store.push(&worker.queue(), event, Duration::ZERO).await?;
            worker.pushed.notify_one();
        }
        Ok(())
    }
}

fn not_stored(error: StoreError) -> WebhookError {
    WebhookError::NotStored(error.to_string())
}
