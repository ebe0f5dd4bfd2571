//! Writes that come twice with one `Idempotency-Key` are done once; the second gets the first one's answer. One that
//! the API's limit refused was not done, so it may come again.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::body::{Bytes, to_bytes};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use connectwise_psa::runtime::{Tool, Value};
use serde_json::Map;
use tokio::sync::OnceCell;

use super::failure;

/// How long an answer is kept.
const KEPT: Duration = Duration::from_secs(24 * 3600);
/// More answers than this are not kept; the oldest go first.
const MOST: usize = 10_000;

/// Who asks for what under which key.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Key {
    account: String,
    key: String,
    /// Of tool and arguments, to tell a repetition from a key that is used anew.
    content: u64,
}

/// The key of a request, if it has one and may write: a read can be done again.
pub fn key(headers: &HeaderMap, account: &str, tool: Tool, arguments: &Map<String, Value>) -> Option<Key> {
    let key = headers.get("idempotency-key")?.to_str().ok()?;
    if tool.annotations().read_only_hint {
        return None;
    }
    let mut hasher = DefaultHasher::new();
    (tool.name(), Value::Object(arguments.clone()).to_string()).hash(&mut hasher);
    Some(Key { account: account.to_owned(), key: key.to_owned(), content: hasher.finish() })
}

#[derive(Clone)]
struct Stored {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

struct Entry {
    content: u64,
    since: Instant,
    answer: Arc<OnceCell<Stored>>,
}

/// The answers that were given.
#[derive(Default)]
pub struct Repeats(Mutex<HashMap<(String, String), Entry>>);

impl Repeats {
    /// Does `call` unless it was done under `key`, and waits for it where it is under way.
    pub async fn once(&self, key: Option<Key>, call: impl Future<Output = Response>) -> Response {
        let Some(key) = key else { return call.await };
        let cell = {
            // A panic elsewhere leaves the map whole.
            let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            entries.retain(|_, entry| entry.since.elapsed() < KEPT);
            if entries.len() >= MOST {
                let oldest = entries.iter().min_by_key(|(_, entry)| entry.since).map(|(key, _)| key.clone());
                oldest.map(|oldest| entries.remove(&oldest));
            }
            let entry = entries.entry((key.account, key.key)).or_insert_with(|| Entry {
                content: key.content,
                since: Instant::now(),
                answer: Arc::default(),
            });
            if entry.content != key.content {
                let message = "this Idempotency-Key was used for another call; use a new one";
                return failure::plain(StatusCode::UNPROCESSABLE_ENTITY, message);
            }
            Arc::clone(&entry.answer)
        };
        let stored = cell
            .get_or_try_init(|| async {
                let (parts, body) = call.await.into_parts();
                // The body was made in this process: it is whole and can be read.
                let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
                let stored = Stored { status: parts.status, headers: parts.headers, body };
                if stored.status == StatusCode::TOO_MANY_REQUESTS { Err(stored) } else { Ok(stored) }
            })
            .await
            .cloned();
        let (Ok(stored) | Err(stored)) = stored;
        (stored.status, stored.headers, stored.body).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn key_of(key: &str, content: u64) -> Option<Key> {
        Some(Key { account: "a".into(), key: key.into(), content })
    }

    #[tokio::test]
    async fn a_repetition_is_not_done_again() {
        let (repeats, count) = (Repeats::default(), AtomicUsize::new(0));
        let call = || async {
            let number = count.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            (StatusCode::CREATED, number.to_string()).into_response()
        };
        let (first, second) =
            tokio::join!(repeats.once(key_of("k", 1), call()), repeats.once(key_of("k", 1), call()));
        assert_eq!((first.status(), second.status()), (StatusCode::CREATED, StatusCode::CREATED));
        assert_eq!(count.load(Ordering::SeqCst), 1);
        assert_eq!(repeats.once(key_of("k", 2), call()).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
        repeats.once(key_of("l", 1), call()).await;
        assert_eq!(count.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn what_the_limit_refused_is_done_when_it_comes_again() {
        let repeats = Repeats::default();
        let answers = async |status: StatusCode| {
            repeats.once(key_of("k", 1), async { status.into_response() }).await.status()
        };
        assert_eq!(answers(StatusCode::TOO_MANY_REQUESTS).await, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(answers(StatusCode::CREATED).await, StatusCode::CREATED);
        assert_eq!(answers(StatusCode::CONFLICT).await, StatusCode::CREATED);
    }
}
