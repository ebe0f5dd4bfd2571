//! Callbacks: a change of a record is posted to the URLs that were registered for it under
//! `/system/callbacks`.
//!
//! A listener at the engine only queues each change; a task of its own looks up who wants it and delivers it,
//! so that a slow receiver keeps no call waiting. Deliveries run side by side and may overtake each other, as
//! the API's may.

mod deliver;
mod matching;
mod payload;
mod sign;

use std::collections::{HashMap, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use connectwise_psa::runtime::Value;
use connectwise_psa::runtime::serde_json::json;
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::task::{JoinHandle, JoinSet};

use crate::Event;
use crate::serve::{Engine, guid};

use deliver::{Courier, Outcome};
use payload::Sender;
use sign::SigningKey;

/// So many deliveries are remembered.
const REMEMBERED: usize = 1000;

/// How callbacks are delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallbackSettings {
    /// Whether they go to any address. Otherwise they go to loopback addresses alone.
    pub to_anyone: bool,
    /// An answer must come within this time.
    pub timeout: Duration,
    /// After answers that ask for it, a delivery is tried again after each of these times.
    pub retry_after: Vec<Duration>,
    /// A callback that fails for so long, with no success between, is made inactive.
    pub disable_after: Duration,
}

impl Default for CallbackSettings {
    /// As the API does it.
    fn default() -> Self {
        Self {
            to_anyone: false,
            timeout: Duration::from_secs(5),
            retry_after: vec![Duration::from_secs(2), Duration::from_secs(4)],
            disable_after: Duration::from_secs(3 * 24 * 60 * 60),
        }
    }
}

/// The callbacks of a server. Dropping it ends deliveries under way.
pub(crate) struct Callbacks {
    key: SigningKey,
    log: Arc<Log>,
    task: JoinHandle<()>,
}

/// What became of deliveries.
#[derive(Default)]
struct Log(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    last: VecDeque<Value>,
    /// Since when each callback has been failing.
    failing: HashMap<i64, Instant>,
}

impl Callbacks {
    /// Delivers what the engine tells from now on. `base` is the server's address, `http://127.0.0.1:9090`.
    pub(crate) fn start(
        engine: &Arc<dyn Engine>,
        settings: CallbackSettings,
        base: &str,
        company: &str,
    ) -> io::Result<Self> {
        let key = SigningKey::new(guid())?;
        let log = Arc::new(Log::default());
        let (queue, changes) = mpsc::unbounded_channel();
        engine.on_event(Box::new(move |event| {
            if matching::has_type(&event.collection) {
                // An error means that the server is gone.
                let _ = queue.send(event.clone());
            }
        }));
        let sender =
            Sender { base: base.to_owned(), company: company.to_owned(), key_id: key.id().to_owned() };
        let post = Post {
            engine: engine.clone(),
            sender,
            key: key.clone(),
            courier: Courier::new(settings.clone()),
            disable_after: settings.disable_after,
            log: log.clone(),
        };
        let task = tokio::spawn(run(Arc::new(post), changes));
        Ok(Self { key, log, task })
    }

    /// The signing key, if `id` is its id.
    pub(crate) fn signing_key(&self, id: &str) -> Option<&str> {
        id.eq_ignore_ascii_case(self.key.id()).then(|| self.key.text())
    }

    /// The last deliveries, newest last.
    pub(crate) fn deliveries(&self) -> Vec<Value> {
        self.log.kept().last.iter().cloned().collect()
    }
}

impl Drop for Callbacks {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What a delivery needs.
struct Post {
    engine: Arc<dyn Engine>,
    sender: Sender,
    key: SigningKey,
    courier: Courier,
    disable_after: Duration,
    log: Arc<Log>,
}

/// Takes changes from the queue until the engine is gone.
async fn run(post: Arc<Post>, mut changes: UnboundedReceiver<Event>) {
    let mut deliveries = JoinSet::new();
    while let Some(event) = changes.recv().await {
        while deliveries.try_join_next().is_some() {}
        let wanted: Vec<Value> = post
            .engine
            .callbacks()
            .into_iter()
            .filter(|callback| matching::wants(callback, &event))
            .collect();
        if wanted.is_empty() {
            continue;
        }
        let event = Arc::new(event);
        for callback in wanted {
            let (post, event) = (post.clone(), event.clone());
            deliveries.spawn(async move { post.deliver(&callback, &event).await });
        }
    }
}

impl Post {
    async fn deliver(&self, callback: &Value, event: &Event) {
        let id = callback["id"].as_i64().unwrap_or_default();
        let body = self.sender.body(callback, event);
        let url = payload::url(callback, event);
        let outcome = self.courier.deliver(&url, &self.key.sign(&body), body).await;
        let disabled = self.log.keep(id, &url, event, &outcome, self.disable_after);
        if disabled {
            self.engine.disable_callback(id);
        }
    }
}

impl Log {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a delivery; says whether the callback has failed for too long by it.
    fn keep(&self, id: i64, url: &str, event: &Event, outcome: &Outcome, disable_after: Duration) -> bool {
        let mut kept = self.kept();
        let disabled = match outcome {
            Outcome::Delivered { .. } => {
                kept.failing.remove(&id);
                false
            }
            // It was never tried, so it says nothing about the receiver.
            Outcome::Forbidden => false,
            Outcome::Failed { .. } => {
                let since = *kept.failing.entry(id).or_insert_with(Instant::now);
                let disabled = since.elapsed() >= disable_after;
                if disabled {
                    kept.failing.remove(&id);
                }
                disabled
            }
        };
        if kept.last.len() == REMEMBERED {
            kept.last.pop_front();
        }
        let (delivered, attempts, said) = outcome.told();
        kept.last.push_back(json!({
            "callback": id, "url": url, "action": payload::word(event.action), "collection": event.collection,
            "id": event.id, "delivered": delivered, "attempts": attempts, "outcome": said, "disabled": disabled,
        }));
        disabled
    }
}
