//! Executes writes with the same `Idempotency-Key` only once. A repeated request gets the response to the first one,
//! whichever replica it reaches.
//!
//! The key is claimed in the store before a write is sent, and if the claim can't be stored, the write isn't sent.
//! Afterwards, the response is stored next to the claim. If a server crashes in between, the claim remains and the
//! outcome of the write is unknown, so a retry is rejected with an error that says so, and nothing is sent. If a write was
//! certainly not applied, its claim is released. A store with a size limit may evict responses but never claims; a
//! retry then gets an error stating that the write was already executed.

use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::time::{Instant, sleep};
use toolcrate_store::{SharedStore, Store, StoreError};

use crate::clock::rfc3339_now;
use crate::fingerprint::{sha256_hex, short_fingerprint};
use crate::stages::Prepared;

/// How long a response is stored.
const RESPONSE_TTL: Duration = Duration::from_secs(24 * 3600);
/// How long a duplicate call waits for the response to the first one. Clients commonly give up after 30 seconds.
const WAIT_TIMEOUT: Duration = Duration::from_secs(20);
/// The first interval at which a duplicate call checks for the response. It doubles up to the maximum.
const MIN_POLL_INTERVAL: Duration = Duration::from_millis(20);
const MAX_POLL_INTERVAL: Duration = Duration::from_millis(500);

/// A call with an idempotency key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IdempotencyKey {
    /// The suffix of its keys in the store, derived from the account and the idempotency key.
    storage_path: String,
    /// The call's digest, which distinguishes a duplicate call from a key that was reused for another call.
    call_digest: String,
    /// The format of the response.
    form: &'static str,
}

impl IdempotencyKey {
    /// Creates a key that a caller chose for a call. Only the same call by the same account can reuse it, with the same
    /// `form`, because a response stored for one route can't be returned by another.
    pub fn new(key: &[u8], form: &'static str, call: &Prepared) -> Self {
        let storage_path = storage_path(call.account(), key);
        Self { storage_path, call_digest: call.digest().to_owned(), form }
    }

    fn claim_key(&self) -> String {
        format!("claims/{}", self.storage_path)
    }

    fn response_key(&self) -> String {
        format!("responses/{}", self.storage_path)
    }
}

/// Returns the account and the key as path segments. Keys of different accounts never collide, whatever their names.
fn storage_path(account: &str, key: &[u8]) -> String {
    format!("{}/{}", short_fingerprint(account), sha256_hex(&json!([account, key]).to_string()))
}

/// A stored response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredResponse {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

/// The result of a call with an idempotency key.
#[derive(Clone, Debug)]
pub enum IdempotentResponse {
    /// The call was made, or may have been made: duplicate calls get this response.
    Final(StoredResponse),
    /// The call was certainly not made: it may be repeated with the same key.
    NotExecuted(StoredResponse),
}

/// The reason why there is no response for a call with an idempotency key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IdempotencyError {
    /// The key was used for another call.
    #[error("this Idempotency-Key was used for a different call; use a new key")]
    KeyReused,
    /// The key was used for this call on a route whose responses have a different format.
    #[error(
        "this Idempotency-Key was first used for a {form} with the same arguments; send the {form} again"
    )]
    OtherForm {
        /// The format of the stored response.
        form: String,
    },
    /// The call was made, and its response was evicted.
    #[error(
        "the call with this Idempotency-Key was made at {started_at}, but its response is no longer stored; read the \
         record instead of retrying"
    )]
    ResponseEvicted {
        /// When the call started (RFC 3339).
        started_at: String,
    },
    /// A call with this key was started, and its response is missing.
    #[error(
        "outcome unknown: a call with this Idempotency-Key was started at {started_at} and may have been applied. Read the \
         record before you retry with a new key"
    )]
    OutcomeUnknown {
        /// When the call started (RFC 3339).
        started_at: String,
    },
    /// Keys can't be looked up, so nothing was done.
    #[error("can't look up the Idempotency-Key, so nothing was done; try again later")]
    Store(#[from] StoreError),
}

/// The stored state of a claimed key.
#[derive(Clone, Serialize, Deserialize)]
struct ClaimRecord {
    content: String,
    form: String,
    /// When the call started, in a human-readable form.
    began: String,
    /// True if the call has ended. `true` is shorter than `false`, so there is always room for it.
    ended: bool,
}

impl ClaimRecord {
    fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// A stored response's status and headers, followed by a newline and the body.
#[derive(Serialize, Deserialize)]
struct ResponseHead {
    status: u16,
    headers: Vec<(String, String)>,
}

fn response_to_bytes(response: &StoredResponse) -> Vec<u8> {
    let head = ResponseHead { status: response.status, headers: response.headers.clone() };
    let mut bytes = serde_json::to_vec(&head).unwrap_or_default();
    bytes.push(b'\n');
    bytes.extend_from_slice(&response.body);
    bytes
}

fn parse_response(bytes: &[u8]) -> Option<StoredResponse> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let ResponseHead { status, headers } = serde_json::from_slice(&bytes[..end]).ok()?;
    Some(StoredResponse { status, headers, body: Bytes::copy_from_slice(&bytes[end + 1..]) })
}

/// Responses to calls with idempotency keys.
#[derive(Debug)]
pub struct IdempotencyStore {
    store: SharedStore,
    wait_timeout: Duration,
}

impl IdempotencyStore {
    /// Stores responses in `store`.
    pub fn new(store: SharedStore) -> Self {
        Self { store, wait_timeout: WAIT_TIMEOUT }
    }

    /// Runs `call` unless it was already made with `key`, in which case its stored response is returned. If the call is
    /// in flight elsewhere, waits for its response. The call continues if the future is dropped.
    ///
    /// # Errors
    /// Returns an error if the key belongs to another call, if the response to the first call is missing, or if the
    /// store fails or is full. In these cases, `call` isn't made.
    pub async fn run(
        &self,
        key: IdempotencyKey,
        call: impl Future<Output = IdempotentResponse> + Send + 'static,
    ) -> Result<StoredResponse, IdempotencyError> {
        let started_at = rfc3339_now();
        let claim = ClaimRecord {
            content: key.call_digest.clone(),
            form: key.form.to_owned(),
            began: started_at.clone(),
            ended: false,
        };
        if let Some(response) = self.claim(&key, &claim).await? {
            return Ok(response);
        }
        let store = self.store.clone();
        // A separate task ensures that a disconnecting client doesn't cancel the call between the write and its
        // response.
        let task = tokio::spawn(async move { settle(&*store, &key, claim, call.await).await });
        task.await.map_err(|_| IdempotencyError::OutcomeUnknown { started_at })
    }

    /// Claims the key. Returns the response to an earlier call with the key, if there is one.
    async fn claim(
        &self,
        key: &IdempotencyKey,
        claim: &ClaimRecord,
    ) -> Result<Option<StoredResponse>, IdempotencyError> {
        let (deadline, mut interval) = (Instant::now() + self.wait_timeout, MIN_POLL_INTERVAL);
        loop {
            let Some(found) = self.store.put_new(&key.claim_key(), &claim.to_bytes(), RESPONSE_TTL).await?
            else {
                return Ok(None);
            };
            let Ok(found) = serde_json::from_slice::<ClaimRecord>(&found) else {
                return Err(IdempotencyError::OutcomeUnknown { started_at: "an unknown time".to_owned() });
            };
            if found.content != key.call_digest {
                return Err(IdempotencyError::KeyReused);
            }
            if found.form != key.form {
                return Err(IdempotencyError::OtherForm { form: found.form });
            }
            if found.ended {
                let stored = self.store.get(&key.response_key()).await?;
                let response = stored.as_deref().and_then(parse_response);
                let evicted = || IdempotencyError::ResponseEvicted { started_at: found.began };
                return response.ok_or_else(evicted).map(Some);
            }
            if Instant::now() >= deadline {
                return Err(IdempotencyError::OutcomeUnknown { started_at: found.began });
            }
            sleep(interval).await;
            interval = (interval * 2).min(MAX_POLL_INTERVAL);
        }
    }
}

/// Stores the response and marks the claim as ended, or removes the claim if the call wasn't made.
async fn settle(
    store: &dyn Store,
    key: &IdempotencyKey,
    claim: ClaimRecord,
    response: IdempotentResponse,
) -> StoredResponse {
    let response = match response {
        IdempotentResponse::Final(response) => response,
        IdempotentResponse::NotExecuted(response) => {
            if let Err(error) = store.remove(&key.claim_key()).await {
                tracing::error!(%error, "can't release the Idempotency-Key for a call that was not made");
            }
            return response;
        }
    };
    // The caller always gets the response; only duplicate calls won't.
    if let Err(error) =
        store.put_evictable(&key.response_key(), &response_to_bytes(&response), RESPONSE_TTL).await
    {
        tracing::error!(%error, "can't store a response for its Idempotency-Key");
    }
    let ended = ClaimRecord { ended: true, ..claim };
    if let Err(error) = store.put(&key.claim_key(), &ended.to_bytes(), RESPONSE_TTL).await {
        tracing::error!(%error, "can't store the outcome of a call for its Idempotency-Key");
    }
    response
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use toolcrate_store::MemoryStore;

    fn key(key: &str, call_digest: &str) -> IdempotencyKey {
        let storage_path = storage_path("a", key.as_bytes());
        IdempotencyKey { storage_path, call_digest: call_digest.to_owned(), form: "plain call" }
    }

    fn responses(store: &SharedStore, wait_milliseconds: u64) -> IdempotencyStore {
        IdempotencyStore { store: Arc::clone(store), wait_timeout: Duration::from_millis(wait_milliseconds) }
    }

    fn response(status: u16, body: &str) -> StoredResponse {
        let headers = vec![("ratelimit-limit".to_owned(), "9".to_owned())];
        StoredResponse { status, headers, body: Bytes::copy_from_slice(body.as_bytes()) }
    }

    #[tokio::test(start_paused = true)]
    async fn repetition_is_not_executed_by_any_replica() {
        let store: SharedStore = Arc::new(MemoryStore::default());
        let (one, two) = (responses(&store, 5000), responses(&store, 5000));
        let count = Arc::new(AtomicUsize::new(0));
        let call = || {
            let count = Arc::clone(&count);
            async move {
                let number = count.fetch_add(1, Ordering::SeqCst);
                sleep(Duration::from_millis(50)).await;
                IdempotentResponse::Final(response(201, &number.to_string()))
            }
        };
        let (first, second) = tokio::join!(one.run(key("k", "1"), call()), two.run(key("k", "1"), call()));
        assert_eq!(count.load(Ordering::SeqCst), 1);
        for result in [first, second, two.run(key("k", "1"), call()).await] {
            assert_eq!(result.unwrap(), response(201, "0"));
        }
        let reused = two.run(key("k", "2"), call()).await;
        assert!(matches!(reused, Err(IdempotencyError::KeyReused)));
        two.run(key("l", "1"), call()).await.unwrap();
        assert_eq!(count.load(Ordering::SeqCst), 2);
        assert_ne!(storage_path("a", b"k"), storage_path("b", b"k"), "each account has its own keys");
        assert_ne!(storage_path("a", b"b/c"), storage_path("a/b", b"c"));
    }

    #[tokio::test(start_paused = true)]
    async fn write_of_unknown_outcome_is_never_repeated() {
        let store: SharedStore = Arc::new(MemoryStore::default());
        let responses = responses(&store, 100);
        // A server crashed in between, leaving only its claim.
        let (content, form) = ("1".to_owned(), "plain call".to_owned());
        let claim = ClaimRecord { content, form, began: "2026-01-31T08:00:00Z".into(), ended: false };
        store.put(&key("k", "1").claim_key(), &claim.to_bytes(), RESPONSE_TTL).await.unwrap();
        let error = responses.run(key("k", "1"), async { panic!("it is not made") }).await.unwrap_err();
        assert!(error.to_string().contains("at 2026-01-31T08:00:00Z"), "{error}");
    }

    #[tokio::test(start_paused = true)]
    async fn call_continues_when_its_client_disconnects() {
        let store: SharedStore = Arc::new(MemoryStore::default());
        let responses = responses(&store, 5000);
        let slow = async {
            sleep(Duration::from_millis(100)).await;
            IdempotentResponse::Final(response(200, "done"))
        };
        let disconnected =
            tokio::time::timeout(Duration::from_millis(20), responses.run(key("k", "1"), slow)).await;
        assert!(disconnected.is_err());
        let repetition = responses.run(key("k", "1"), async { panic!("it is not made") }).await;
        assert_eq!(repetition.unwrap(), response(200, "done"));
    }

    #[tokio::test]
    async fn unsent_call_can_be_repeated_with_its_key() {
        let store: SharedStore = Arc::new(MemoryStore::default());
        let responses = responses(&store, 100);
        let rejected = async { IdempotentResponse::NotExecuted(response(429, "")) };
        assert_eq!(responses.run(key("k", "1"), rejected).await.unwrap().status, 429);
        let made = async { IdempotentResponse::Final(response(200, "")) };
        assert_eq!(responses.run(key("k", "1"), made).await.unwrap().status, 200);
    }

    async fn made(body: String) -> IdempotentResponse {
        IdempotentResponse::Final(response(200, &body))
    }

    #[tokio::test]
    async fn other_responses_never_make_a_write_repeatable() {
        let store: SharedStore = Arc::new(MemoryStore::with_capacity(200_000));
        let responses = responses(&store, 100);
        responses.run(key("k", "1"), made("first".to_owned())).await.unwrap();
        for number in 0..40 {
            responses.run(key(&format!("l{number}"), "1"), made("x".repeat(10_000))).await.unwrap();
        }
        let error = responses.run(key("k", "1"), async { panic!("it is not made") }).await.unwrap_err();
        assert!(matches!(error, IdempotencyError::ResponseEvicted { .. }), "{error}");
    }

    #[tokio::test]
    async fn write_is_not_sent_if_its_claim_cannot_be_stored() {
        let store: SharedStore = Arc::new(MemoryStore::with_capacity(10_000));
        let responses = responses(&store, 100);
        let mut number = 0;
        while responses.run(key(&number.to_string(), "1"), made(String::new())).await.is_ok() {
            number += 1;
        }
        let error = responses.run(key("new", "1"), async { panic!("it is not made") }).await.unwrap_err();
        assert!(matches!(error, IdempotencyError::Store(StoreError::Full { .. })), "{error}");
        for made in 0..number {
            let repetition = responses.run(key(&made.to_string(), "1"), async { panic!("made twice") }).await;
            assert!(!matches!(repetition, Err(IdempotencyError::Store(_))), "{made}");
        }
    }

    #[tokio::test]
    async fn stored_response_is_not_returned_in_another_format() {
        let store: SharedStore = Arc::new(MemoryStore::default());
        let responses = responses(&store, 100);
        responses.run(key("k", "1"), made("first".to_owned())).await.unwrap();
        let other = IdempotencyKey { form: "proxy call", ..key("k", "1") };
        let error = responses.run(other, async { panic!("it is not made") }).await.unwrap_err();
        assert!(error.to_string().contains("for a plain call"), "{error}");
    }
}
