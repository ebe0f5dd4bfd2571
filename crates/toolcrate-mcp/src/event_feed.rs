//! Exposes events as a resource: `events` contains the most recent ones, and sessions that have subscribed to it are
//! notified of new ones.
//!
//! Up to protocol version 2025-11-25, a session subscribes with `resources/subscribe`; since version 2026-07-28, it
//! subscribes with `subscriptions/listen`. The events are in the shared store, and each replica notifies its own
//! sessions.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rmcp::RoleServer;
use rmcp::model::{
    ReadResourceResult, Resource, ResourceContents, ResourceUpdatedNotificationParam, SubscriptionFilter,
};
use rmcp::service::{Peer, SubscriptionContext, SubscriptionSink};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use toolcrate_executor::Product;
use toolcrate_runtime::Value;
use toolcrate_store::{SharedStore, StoreError};

use crate::error::McpError;

/// Maximum number of events in the resource.
const MAX_EVENTS: usize = 100;
/// How long events are kept for an account without new events.
const EVENTS_TTL: Duration = Duration::from_secs(7 * 24 * 3600);
/// Maximum number of subscribed sessions. Additional sessions aren't notified.
const MAX_SUBSCRIBERS: usize = 1000;
/// How long a session may take to accept a notification.
const NOTIFY_TIMEOUT: Duration = Duration::from_secs(2);
/// How often the store is checked for events that another replica added.
const POLL_INTERVAL: Duration = Duration::from_secs(2);
/// How long a replica may hold the lock to add an event.
const LOCK_TTL: Duration = Duration::from_secs(5);
/// How often a replica that is waiting for the lock tries again.
const LOCK_RETRY_INTERVAL: Duration = Duration::from_millis(50);

/// The events of one account, and their subscribers. Clones share them.
#[derive(Clone)]
pub struct EventFeed(Arc<FeedState>);

struct FeedState {
    uri: String,
    store: SharedStore,
    key: String,
    lock: String,
    /// This process adds one event at a time, so the lock in the store is only needed between processes.
    adding: tokio::sync::Mutex<()>,
    subscribers: Mutex<Vec<(u64, Subscriber)>>,
    next_id: AtomicU64,
    added: Notify,
    ended: watch::Sender<bool>,
}

/// The recipient of notifications.
#[derive(Clone)]
enum Subscriber {
    Session(Peer<RoleServer>),
    Stream(SubscriptionSink),
}

impl EventFeed {
    /// Creates the event feed of the account with this name, for clients of `product`.
    pub fn new(product: &Product, account: &str, store: SharedStore) -> Self {
        Self(Arc::new(FeedState {
            uri: format!("{}://events", product.uri_scheme),
            store,
            key: format!("webhooks/events/{account}"),
            lock: format!("webhooks/events-lock/{account}"),
            adding: tokio::sync::Mutex::default(),
            subscribers: Mutex::default(),
            next_id: AtomicU64::new(0),
            added: Notify::new(),
            ended: watch::channel(false).0,
        }))
    }

    /// Adds an event, unless it already exists. An event has an `event_id`. Its `entity` property, the record, is
    /// omitted: clients fetch the record in its current state.
    ///
    /// # Errors
    /// Returns an error if the store fails, or if another replica holds the lock for too long.
    pub async fn add(&self, event: &Value) -> Result<(), StoreError> {
        let state = &*self.0;
        let _guard = state.adding.lock().await;
        let deadline = tokio::time::Instant::now() + LOCK_TTL;
        while state.store.put_new(&state.lock, b"", LOCK_TTL).await?.is_some() {
            if tokio::time::Instant::now() > deadline {
                return Err(StoreError::unavailable("the event list", "another replica has locked it"));
            }
            tokio::time::sleep(LOCK_RETRY_INTERVAL).await;
        }
        let added = self.add_locked(event).await;
        state.store.remove(&state.lock).await?;
        added?;
        state.added.notify_one();
        Ok(())
    }

    async fn add_locked(&self, event: &Value) -> Result<(), StoreError> {
        let mut last = self.last().await?;
        if last.iter().any(|known| known["event_id"] == event["event_id"]) {
            return Ok(());
        }
        let mut event = event.clone();
        if let Some(members) = event.as_object_mut() {
            members.remove("entity");
        }
        last.push(event);
        let first = last.len().saturating_sub(MAX_EVENTS);
        let events = Value::Array(last.split_off(first));
        self.0.store.put(&self.0.key, events.to_string().as_bytes(), EVENTS_TTL).await
    }

    /// Returns the most recent events, oldest first.
    async fn last(&self) -> Result<Vec<Value>, StoreError> {
        let bytes = self.0.store.get(&self.0.key).await?;
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default())
    }

    /// Notifies subscribers of new events, until `stop` is true.
    pub async fn watch(self, mut stop: watch::Receiver<bool>) {
        let newest = async || {
            let last = self.last().await.ok()?;
            Some(last.last().map(|event| event["event_id"].clone()))
        };
        let mut known = newest().await;
        loop {
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => break,
                () = self.0.added.notified() => {}
                () = tokio::time::sleep(POLL_INTERVAL) => {}
            }
            if self.subscribers().is_empty() {
                continue;
            }
            // While the store fails, there is nothing new.
            let found = newest().await;
            if found.is_some() && found != known {
                known = found;
                self.notify_subscribers().await;
            }
        }
        self.0.ended.send_replace(true);
    }

    async fn notify_subscribers(&self) {
        let subscribers = self.subscribers().clone();
        let notify = |(_, subscriber): (u64, Subscriber)| {
            let state = Arc::clone(&self.0);
            async move { subscriber.notify(&state.uri).await }
        };
        let tasks: JoinSet<()> = subscribers.into_iter().map(notify).collect();
        tasks.join_all().await;
    }

    /// Returns the resource's URI.
    pub(crate) fn uri(&self) -> &str {
        &self.0.uri
    }

    /// Returns the resource for listings.
    pub(crate) fn resource(&self) -> Resource {
        let mut resource = Resource::new(self.uri(), "events");
        resource.description = Some(format!(
            "The last {MAX_EVENTS} record changes, oldest first. Subscribe to be notified of new changes."
        ));
        resource.mime_type = Some("application/json".to_owned());
        resource
    }

    /// Returns the contents of the resource.
    ///
    /// # Errors
    /// Returns an error if the store can't be read.
    pub(crate) async fn read(&self) -> Result<ReadResourceResult, McpError> {
        let last = self.last().await.map_err(|error| {
            tracing::error!(%error, "can't read the events");
            McpError::Events(error)
        })?;
        let content = ResourceContents::text(Value::Array(last).to_string(), self.uri())
            .with_mime_type("application/json");
        Ok(ReadResourceResult::new(vec![content]))
    }

    /// Notifies a session of new events from now on.
    pub(crate) fn subscribe(&self, peer: Peer<RoleServer>) {
        self.unsubscribe(&peer);
        self.insert(Subscriber::Session(peer));
    }

    /// Stops notifying a session.
    pub(crate) fn unsubscribe(&self, peer: &Peer<RoleServer>) {
        let Some(info) = peer.peer_info() else { return };
        // Each session has only one of these values.
        self.subscribers().retain(|(_, subscriber)| match subscriber {
            Subscriber::Session(known) => known.peer_info().is_none_or(|known| !Arc::ptr_eq(&known, &info)),
            Subscriber::Stream(_) => true,
        });
    }

    /// Returns the subscriptions that a stream supports.
    pub(crate) fn subscription_filter(&self) -> SubscriptionFilter {
        SubscriptionFilter::builder().resource_subscription(self.uri()).build()
    }

    /// Notifies a stream that subscribed to the events, until the returned value is dropped.
    pub(crate) fn subscribe_stream(&self, context: &SubscriptionContext) -> Option<StreamSubscription> {
        let mut uris = context.accepted().resource_subscriptions.iter().flatten();
        uris.any(|uri| uri == self.uri()).then(|| {
            let id = self.insert(Subscriber::Stream(context.sink().clone()));
            StreamSubscription { feed: self.clone(), id }
        })
    }

    /// Resolves when no more events will come because the server is shutting down.
    pub(crate) async fn ended(&self) {
        // `self` holds the sender, so there is no error.
        let _ = self.0.ended.subscribe().wait_for(|ended| *ended).await;
    }

    fn insert(&self, subscriber: Subscriber) -> u64 {
        let id = self.0.next_id.fetch_add(1, Ordering::Relaxed);
        let mut subscribers = self.subscribers();
        subscribers.retain(|(_, subscriber)| subscriber.is_open());
        if subscribers.len() < MAX_SUBSCRIBERS {
            subscribers.push((id, subscriber));
        }
        id
    }

    fn subscribers(&self) -> MutexGuard<'_, Vec<(u64, Subscriber)>> {
        // A panic elsewhere leaves the list intact.
        self.0.subscribers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A stream's subscription. It ends when it is dropped, however the stream's request ends.
pub(crate) struct StreamSubscription {
    feed: EventFeed,
    id: u64,
}

impl Drop for StreamSubscription {
    fn drop(&mut self) {
        self.feed.subscribers().retain(|(id, _)| *id != self.id);
    }
}

impl Subscriber {
    fn is_open(&self) -> bool {
        match self {
            Self::Session(peer) => !peer.is_transport_closed(),
            // A stream removes itself.
            Self::Stream(_) => true,
        }
    }

    async fn notify(self, uri: &str) {
        let notify = async {
            // A subscriber that has left in the meantime misses nothing.
            match &self {
                Self::Session(peer) => {
                    let _ = peer.notify_resource_updated(ResourceUpdatedNotificationParam::new(uri)).await;
                }
                Self::Stream(sink) => {
                    let _ = sink.notify_resource_updated(uri).await;
                }
            }
        };
        let _ = tokio::time::timeout(NOTIFY_TIMEOUT, notify).await;
    }
}
