//! Writes that arrive twice with the same `Idempotency-Key` are made once; the second gets the response of the first,
//! from whichever replica it reaches.
//!
//! The key is claimed in the store before a write is made, and afterwards the response replaces the claim. A server that
//! dies in between leaves the claim: whether the write was made is unknown then, so a repetition is told so and nothing
//! is sent. A write that certainly wasn't made leaves no claim.

use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::time::{Instant, sleep};
use toolcrate_store::{SharedStore, Store, StoreError};

use crate::clock::rfc3339_now;
use crate::fingerprint::sha256_hex;
use crate::stages::Prepared;

/// How long a response is stored.
const RESPONSE_TTL: Duration = Duration::from_secs(24 * 3600);
/// How long a repetition waits for the response to the first call. Clients commonly give up after 30 seconds.
const WAIT_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a repetition waits before it first looks again, and at most between two looks.
const MIN_POLL_INTERVAL: Duration = Duration::from_millis(20);
const MAX_POLL_INTERVAL: Duration = Duration::from_millis(500);

/// A call under an idempotency key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IdempotencyKey {
    /// The key in the store, made of account and idempotency key.
    storage_key: String,
    /// The digest of the call, which distinguishes a repetition from a key that is used for another call.
    call_digest: String,
}

impl IdempotencyKey {
    /// The key that a caller chose for a call. Only the same call of the same account can repeat it.
    pub fn new(key: &[u8], call: &Prepared) -> Self {
        Self { storage_key: storage_key(call.account(), key), call_digest: call.digest().to_owned() }
    }
}

/// Keys of one account never collide with those of another, whatever both are called.
fn storage_key(account: &str, key: &[u8]) -> String {
    format!("repeat/{}", sha256_hex(&json!([account, key]).to_string()))
}

/// A response as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredResponse {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

/// What a call under an idempotency key results in.
#[derive(Clone, Debug)]
pub enum IdempotentResponse {
    /// The call was made, or may have been made: repetitions get this response.
    Final(StoredResponse),
    /// The call certainly wasn't made: it may be repeated under the same key.
    NotExecuted(StoredResponse),
}

/// Why there is no response for a call under an idempotency key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IdempotencyError {
    /// The key was used for another call.
    #[error("this Idempotency-Key was used for another call; use a new one")]
    KeyReused,
    /// A call with this key started, and its response is missing.
    #[error(
        "a call with this Idempotency-Key began at {started_at} and its outcome is not known: it may be under way, done, \
         or lost. Look whether it was done before you do it again under a new key"
    )]
    OutcomeUnknown {
        /// When the call started (RFC 3339).
        started_at: String,
    },
    /// Keys can't be looked up, so nothing was done.
    #[error("Idempotency-Keys can't be looked up at the moment, so nothing was done")]
    Store(#[from] StoreError),
}

/// What the store holds under a key, followed by a newline and the body of the response.
#[derive(Serialize, Deserialize)]
struct ClaimRecord {
    content: String,
    /// When the call started, for people.
    began: String,
    /// Status and headers of the response, once there is one.
    answer: Option<(u16, Vec<(String, String)>)>,
}

impl ClaimRecord {
    fn to_bytes(&self, body: &[u8]) -> Vec<u8> {
        let mut bytes = serde_json::to_vec(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes.extend_from_slice(body);
        bytes
    }

    fn parse(bytes: &[u8]) -> Option<(Self, Bytes)> {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let record = serde_json::from_slice(&bytes[..end]).ok()?;
        Some((record, Bytes::copy_from_slice(&bytes[end + 1..])))
    }
}

/// The responses to calls under idempotency keys.
#[derive(Debug)]
pub struct IdempotencyStore {
    store: SharedStore,
    wait_timeout: Duration,
}

impl IdempotencyStore {
    /// Keeps responses in `store`.
    pub fn new(store: SharedStore) -> Self {
        Self { store, wait_timeout: WAIT_TIMEOUT }
    }

    /// Makes `call` unless it was made under `key`, in which case its stored response is returned. If the call is in
    /// flight elsewhere, waits for its response. The call continues if the future is dropped.
    ///
    /// # Errors
    /// Returns an error if the key belongs to another call, if the outcome of the first call is unknown, or if the store
    /// can't be used; `call` wasn't made then.
    pub async fn run(
        &self,
        key: IdempotencyKey,
        call: impl Future<Output = IdempotentResponse> + Send + 'static,
    ) -> Result<StoredResponse, IdempotencyError> {
        let started_at = rfc3339_now();
        let claim = ClaimRecord { content: key.call_digest.clone(), began: started_at.clone(), answer: None };
        if let Some(response) = self.claim(&key, &claim).await? {
            return Ok(response);
        }
        let store = self.store.clone();
        // In a task, so that a client that disconnects doesn't cancel it between the write and its response.
        let task = tokio::spawn(async move { settle(&*store, &key.storage_key, claim, call.await).await });
        task.await.map_err(|_| IdempotencyError::OutcomeUnknown { started_at })
    }

    /// Claims the key. Returns the response of an earlier call with the key, if there is one.
    async fn claim(
        &self,
        key: &IdempotencyKey,
        claim: &ClaimRecord,
    ) -> Result<Option<StoredResponse>, IdempotencyError> {
        let (deadline, mut interval) = (Instant::now() + self.wait_timeout, MIN_POLL_INTERVAL);
        loop {
            let Some(found) =
                self.store.put_new(&key.storage_key, &claim.to_bytes(b""), RESPONSE_TTL).await?
            else {
                return Ok(None);
            };
            let Some((record, body)) = ClaimRecord::parse(&found) else {
                return Err(IdempotencyError::OutcomeUnknown { started_at: "an unknown time".to_owned() });
            };
            if record.content != key.call_digest {
                return Err(IdempotencyError::KeyReused);
            }
            if let Some((status, headers)) = record.answer {
                return Ok(Some(StoredResponse { status, headers, body }));
            }
            if Instant::now() >= deadline {
                return Err(IdempotencyError::OutcomeUnknown { started_at: record.began });
            }
            sleep(interval).await;
            interval = (interval * 2).min(MAX_POLL_INTERVAL);
        }
    }
}

/// Replaces the claim by the response, or removes it if the call wasn't made.
async fn settle(
    store: &dyn Store,
    storage_key: &str,
    claim: ClaimRecord,
    response: IdempotentResponse,
) -> StoredResponse {
    let response = match response {
        IdempotentResponse::Final(response) => response,
        IdempotentResponse::NotExecuted(response) => {
            if let Err(error) = store.remove(storage_key).await {
                tracing::error!(%error, "the Idempotency-Key of a call that was not made can't be used again");
            }
            return response;
        }
    };
    let record = ClaimRecord { answer: Some((response.status, response.headers.clone())), ..claim };
    if let Err(error) = store.put(storage_key, &record.to_bytes(&response.body), RESPONSE_TTL).await {
        // The caller gets the response; only a repetition will find that the outcome is unknown.
        tracing::error!(%error, "a response could not be stored under its Idempotency-Key");
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
        IdempotencyKey { storage_key: storage_key("a", key.as_bytes()), call_digest: call_digest.to_owned() }
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
        assert_ne!(storage_key("a", b"k"), storage_key("b", b"k"), "each account has its own keys");
        assert_ne!(storage_key("a", b"b/c"), storage_key("a/b", b"c"));
    }

    #[tokio::test(start_paused = true)]
    async fn write_of_unknown_outcome_is_never_repeated() {
        let store: SharedStore = Arc::new(MemoryStore::default());
        let responses = responses(&store, 100);
        // A server died in between, so its claim is all there is.
        let claim = ClaimRecord { content: "1".into(), began: "2026-01-31T08:00:00Z".into(), answer: None };
        store.put(&storage_key("a", b"k"), &claim.to_bytes(b""), RESPONSE_TTL).await.unwrap();
        let error = responses.run(key("k", "1"), async { panic!("it is not made") }).await.unwrap_err();
        assert!(error.to_string().contains("began at 2026-01-31T08:00:00Z"), "{error}");
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
    async fn call_that_was_not_made_can_be_repeated_under_its_key() {
        let store: SharedStore = Arc::new(MemoryStore::default());
        let responses = responses(&store, 100);
        let rejected = async { IdempotentResponse::NotExecuted(response(429, "")) };
        assert_eq!(responses.run(key("k", "1"), rejected).await.unwrap().status, 429);
        let made = async { IdempotentResponse::Final(response(200, "")) };
        assert_eq!(responses.run(key("k", "1"), made).await.unwrap().status, 200);
    }
}
