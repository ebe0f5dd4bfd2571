//! Events over the Model Context Protocol: the resource `cwpsa://events` holds the last ones, and sessions that
//! subscribed to it are told when another one comes. Until 2025-11-25 a session subscribes by `resources/subscribe`,
//! since 2026-07-28 by `subscriptions/listen`.
//!
//! The events are in the store that all copies of a server share; each copy tells its own sessions.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use connectwise_psa::runtime::Value;
use rmcp::model::{
    ReadResourceResult, Resource, ResourceContents, ResourceUpdatedNotificationParam, SubscriptionFilter,
};
use rmcp::service::{Peer, SubscriptionContext, SubscriptionSink};
use rmcp::{ErrorData, RoleServer};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use toolcrate_store::{SharedStore as Shared, StoreError as Error};

/// Where the events are.
pub const URI: &str = "cwpsa://events";
/// So many events are shown.
const MOST: usize = 100;
/// How long they are shown.
const KEPT: Duration = Duration::from_secs(7 * 24 * 3600);
/// More sessions than this are not told.
const MOST_SESSIONS: usize = 1000;
/// A session that does not take a notification within this time is not waited for.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often it is looked whether another copy of the server has put an event in.
const LOOK: Duration = Duration::from_secs(2);
/// How long one copy may take to put an event in, and how often another one asks whether it is done.
const LOCKED: Duration = Duration::from_secs(5);
const ASK: Duration = Duration::from_millis(50);

/// The events of one account, and who listens to them.
#[derive(Clone)]
pub struct Events(Arc<Inner>);

struct Inner {
    store: Shared,
    key: String,
    lock: String,
    /// One event at a time is put in by this process, so that only other processes have to be waited for.
    adding: tokio::sync::Mutex<()>,
    listeners: Mutex<Vec<(u64, Listener)>>,
    next: AtomicU64,
    added: Notify,
    ended: watch::Sender<bool>,
}

/// A session that wants to be told.
#[derive(Clone)]
enum Listener {
    Session(Peer<RoleServer>),
    Stream(SubscriptionSink),
}

impl Events {
    /// Those of the account of this name.
    pub fn new(account: &str, store: Shared) -> Self {
        Self(Arc::new(Inner {
            store,
            key: format!("webhooks/events/{account}"),
            lock: format!("webhooks/events-lock/{account}"),
            adding: tokio::sync::Mutex::default(),
            listeners: Mutex::default(),
            next: AtomicU64::new(0),
            added: Notify::new(),
            ended: watch::channel(false).0,
        }))
    }

    /// Shows an event, without the record: that is read with a tool, as it is then. One that is shown already is not
    /// shown twice.
    ///
    /// # Errors
    /// What the store says.
    pub async fn add(&self, event: &Value) -> Result<(), Error> {
        let inner = &*self.0;
        let _alone = inner.adding.lock().await;
        let until = tokio::time::Instant::now() + LOCKED;
        while inner.store.put_new(&inner.lock, b"", LOCKED).await?.is_some() {
            if tokio::time::Instant::now() > until {
                return Err(Error::unavailable("the list of events", "another copy of the server holds it"));
            }
            tokio::time::sleep(ASK).await;
        }
        let added = self.add_alone(event).await;
        inner.store.remove(&inner.lock).await?;
        added?;
        inner.added.notify_one();
        Ok(())
    }

    async fn add_alone(&self, event: &Value) -> Result<(), Error> {
        let mut last = self.last().await?;
        if last.iter().any(|known| known["event_id"] == event["event_id"]) {
            return Ok(());
        }
        let mut event = event.clone();
        if let Some(members) = event.as_object_mut() {
            members.remove("entity");
        }
        last.push(event);
        let first = last.len().saturating_sub(MOST);
        let shown = Value::Array(last.split_off(first));
        self.0.store.put(&self.0.key, shown.to_string().as_bytes(), KEPT).await
    }

    /// The events that are shown, oldest first.
    async fn last(&self) -> Result<Vec<Value>, Error> {
        let bytes = self.0.store.get(&self.0.key).await?;
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default())
    }

    /// Tells those who listen, whenever there are more events than before, until `stop` is true.
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
                () = tokio::time::sleep(LOOK) => {}
            }
            if self.listeners().is_empty() {
                continue;
            }
            // While the store fails nothing is new.
            let found = newest().await;
            if found.is_some() && found != known {
                known = found;
                self.tell().await;
            }
        }
        self.0.ended.send_replace(true);
    }

    async fn tell(&self) {
        let listeners = self.listeners().clone();
        let tasks: JoinSet<()> = listeners.into_iter().map(|(_, listener)| listener.tell()).collect();
        tasks.join_all().await;
    }

    /// The resource, as it stands in a list.
    pub fn resource() -> Resource {
        let mut resource = Resource::new(URI, "events");
        resource.description = Some(format!(
            "The last {MOST} changes that ConnectWise told of, oldest first. Subscribe to be told when there are more."
        ));
        resource.mime_type = Some("application/json".to_owned());
        resource
    }

    /// The resource's content.
    ///
    /// # Errors
    /// What the store says.
    pub async fn read(&self) -> Result<ReadResourceResult, ErrorData> {
        let last = self.last().await.map_err(|error| {
            tracing::error!(%error, "the events can't be read");
            ErrorData::internal_error("the events can't be read at the moment", None)
        })?;
        let content =
            ResourceContents::text(Value::Array(last).to_string(), URI).with_mime_type("application/json");
        Ok(ReadResourceResult::new(vec![content]))
    }

    /// Tells the session from now on.
    fn subscribe(&self, peer: Peer<RoleServer>) {
        self.unsubscribe(&peer);
        self.enter(Listener::Session(peer));
    }

    /// Tells the session no longer.
    pub fn unsubscribe(&self, peer: &Peer<RoleServer>) {
        let Some(info) = peer.peer_info() else { return };
        // What a session said of itself at its start is kept once, which tells it from all others.
        self.listeners().retain(|(_, listener)| match listener {
            Listener::Session(known) => known.peer_info().is_none_or(|known| !Arc::ptr_eq(&known, &info)),
            Listener::Stream(_) => true,
        });
    }

    /// What can be listened to.
    pub fn filter() -> SubscriptionFilter {
        SubscriptionFilter::builder().resource_subscription(URI).build()
    }

    /// Tells a stream, if it asked for that, as long as what is returned lives.
    pub fn follow(&self, context: &SubscriptionContext) -> Option<Following> {
        let asked = context.accepted().resource_subscriptions.iter().flatten().any(|uri| uri == URI);
        asked.then(|| {
            let number = self.enter(Listener::Stream(context.sink().clone()));
            Following { events: self.clone(), number }
        })
    }

    /// Resolves when no more events will come, as the server ends.
    pub async fn ended(&self) {
        // An error can't be: the sender is in the same place.
        let _ = self.0.ended.subscribe().wait_for(|ended| *ended).await;
    }

    fn enter(&self, listener: Listener) -> u64 {
        let number = self.0.next.fetch_add(1, Ordering::Relaxed);
        let mut listeners = self.listeners();
        listeners.retain(|(_, listener)| listener.is_open());
        if listeners.len() < MOST_SESSIONS {
            listeners.push((number, listener));
        }
        number
    }

    fn listeners(&self) -> MutexGuard<'_, Vec<(u64, Listener)>> {
        // A panic elsewhere leaves the list whole.
        self.0.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A stream that is told. It is told no more however its request ends, by a cut connection too.
pub struct Following {
    events: Events,
    number: u64,
}

impl Drop for Following {
    fn drop(&mut self) {
        self.events.listeners().retain(|(number, _)| *number != self.number);
    }
}

/// Has a session told from now on of what is at `uri`.
///
/// # Errors
/// There is nothing there that changes.
pub fn subscribe(events: Option<&Events>, uri: &str, peer: Peer<RoleServer>) -> Result<(), ErrorData> {
    match events {
        Some(events) if uri == URI => {
            events.subscribe(peer);
            Ok(())
        }
        _ => Err(ErrorData::resource_not_found(format!("there is nothing at {uri} to subscribe to"), None)),
    }
}

impl Listener {
    fn is_open(&self) -> bool {
        match self {
            Self::Session(peer) => !peer.is_transport_closed(),
            // It takes itself away at its end.
            Self::Stream(_) => true,
        }
    }

    async fn tell(self) {
        let tell = async {
            // Whoever is gone by now is told no more.
            match &self {
                Self::Session(peer) => {
                    let _ = peer.notify_resource_updated(ResourceUpdatedNotificationParam::new(URI)).await;
                }
                Self::Stream(sink) => {
                    let _ = sink.notify_resource_updated(URI).await;
                }
            }
        };
        let _ = tokio::time::timeout(PATIENCE, tell).await;
    }
}
