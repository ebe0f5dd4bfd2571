//! A cache of the keys that sign an account's callbacks. Keys are fetched from the account's ConnectWise host.
//!
//! Anyone can send a callback that names a nonexistent key, so requests for keys are limited: one at a time per key,
//! and a few per minute for keys that have not yet signed a valid callback. Keys that have signed one are never evicted
//! in favor of others and don't count toward the limit.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::OnceCell;
use url::Url;

use crate::error::CallbackError;
use crate::key_fetcher::KeyFetcher;
use crate::key_response::parse_key;
use crate::key_url::KeyUrlPolicy;
use crate::signing_key::SigningKey;

/// Lifetime of a cached key.
const KEY_TTL: Duration = Duration::from_secs(3600);
/// How long a missing key is remembered.
const MISSING_KEY_TTL: Duration = Duration::from_secs(60);
/// Maximum number of cached keys.
const MAX_KEYS: usize = 64;
/// Maximum number of requests per minute for keys that have not signed a callback.
const MAX_UNKNOWN_PER_MINUTE: u32 = 30;

/// The keys of one account.
pub(crate) struct KeyCache {
    policy: KeyUrlPolicy,
    fetcher: Arc<dyn KeyFetcher>,
    cached: Mutex<CachedKeys>,
    ttl: Duration,
}

#[derive(Default)]
struct CachedKeys {
    slots: HashMap<Url, Arc<KeySlot>>,
    /// The start of the current minute, and the number of requests since then.
    minute: Option<(Instant, u32)>,
}

/// A key that is cached, missing or being fetched.
struct KeySlot {
    since: Instant,
    /// True if the key has signed a callback.
    is_proven: AtomicBool,
    key: OnceCell<Result<SigningKey, CallbackError>>,
}

impl KeyCache {
    /// Creates an empty cache.
    pub(crate) fn new(policy: KeyUrlPolicy, fetcher: Arc<dyn KeyFetcher>) -> Self {
        Self { policy, fetcher, cached: Mutex::default(), ttl: KEY_TTL }
    }

    /// Verifies the signature of a body with the key at `key_url`.
    ///
    /// # Errors
    /// Returns an error if the key URL isn't allowed, the key can't be fetched, or the signature is invalid.
    pub(crate) async fn verify(
        &self,
        key_url: &str,
        body: &[u8],
        signature: &str,
    ) -> Result<(), CallbackError> {
        let url = self.policy.check(key_url)?;
        let slot = self.slot(&url)?;
        let key = slot.key.get_or_init(|| self.fetch(&url)).await.as_ref().map_err(Clone::clone)?;
        if !key.verify(body, signature) {
            return Err(CallbackError::WrongSignature);
        }
        slot.is_proven.store(true, Ordering::Relaxed);
        Ok(())
    }

    async fn fetch(&self, url: &Url) -> Result<SigningKey, CallbackError> {
        match self.fetcher.fetch(url.as_str()).await {
            Ok(response) => parse_key(&response),
            Err(error) => Err(CallbackError::KeyUnavailable(error.to_string())),
        }
    }

    /// Returns the slot of the key, or a new one if it has expired.
    fn slot(&self, url: &Url) -> Result<Arc<KeySlot>, CallbackError> {
        let mut cached = self.lock();
        let old = cached.slots.get(url);
        if let Some(slot) = old.filter(|slot| self.is_fresh(slot)) {
            return Ok(Arc::clone(slot));
        }
        let is_proven = old.is_some_and(|slot| slot.is_proven.load(Ordering::Relaxed));
        if !is_proven && !cached.count_request() {
            return Err(CallbackError::Busy);
        }
        if cached.slots.len() >= MAX_KEYS && !cached.slots.contains_key(url) {
            cached.evict_least_useful();
        }
        let slot = Arc::new(KeySlot {
            since: Instant::now(),
            is_proven: AtomicBool::new(is_proven),
            key: OnceCell::new(),
        });
        cached.slots.insert(url.clone(), Arc::clone(&slot));
        Ok(slot)
    }

    fn is_fresh(&self, slot: &KeySlot) -> bool {
        let age = slot.since.elapsed();
        match slot.key.get() {
            // The request is in flight and will time out on its own.
            None => age < MISSING_KEY_TTL,
            Some(Ok(_)) => age < self.ttl,
            Some(Err(error)) => !error.is_temporary() && age < MISSING_KEY_TTL,
        }
    }

    fn lock(&self) -> MutexGuard<'_, CachedKeys> {
        // A panic elsewhere leaves the map consistent.
        self.cached.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CachedKeys {
    /// Counts a request for a key that has not signed a callback. Returns true if the request is within the limit.
    fn count_request(&mut self) -> bool {
        let now = Instant::now();
        let (since, count) = self.minute.unwrap_or((now, 0));
        let (since, count) = if now - since < Duration::from_secs(60) { (since, count) } else { (now, 0) };
        self.minute = Some((since, count + u32::from(count < MAX_UNKNOWN_PER_MINUTE)));
        count < MAX_UNKNOWN_PER_MINUTE
    }

    /// Removes the oldest key that has not signed a callback, or else the oldest key.
    fn evict_least_useful(&mut self) {
        let rank = |slot: &KeySlot| (slot.is_proven.load(Ordering::Relaxed), slot.since);
        let least = self.slots.iter().min_by_key(|(_, slot)| rank(slot)).map(|(url, _)| url.clone());
        least.map(|url| self.slots.remove(&url));
    }
}

#[cfg(all(test, feature = "reqwest"))]
mod tests {
    use super::*;
    use crate::reqwest_fetcher::ReqwestFetcher;
    use wiremock::matchers::{any, query_param};
    use wiremock::{Mock, MockServer, Request, ResponseTemplate};

    // Python: hmac.new(sha256(b"a-signing-key").digest(), b"{}", sha256), base64.
    const BODY: &[u8] = b"{}";
    const SIGNED: &str = "TL7PzVMgkVzGDujFzWPlAODxUUozqz6svfIlwdxZXkk=";

    fn cache(server: &MockServer) -> KeyCache {
        let base = format!("{}/v4_6_release/apis/3.0", server.uri());
        new_cache(&base)
    }

    fn new_cache(base_url: &str) -> KeyCache {
        let policy = KeyUrlPolicy::new(base_url, "acme", &[]).unwrap();
        let fetcher = ReqwestFetcher::new(policy.main_host().clone(), "test".to_owned());
        KeyCache::new(policy, Arc::new(fetcher))
    }

    fn url(server: &MockServer, id: &str) -> String {
        format!("{}/v4_6_release/system/callbackkey/index.rails?companyName=acme&id={id}", server.uri())
    }

    fn key() -> ResponseTemplate {
        ResponseTemplate::new(200).set_body_json(serde_json::json!({"signing_key": "a-signing-key"}))
    }

    async fn requests(server: &MockServer) -> Vec<Request> {
        server.received_requests().await.unwrap()
    }

    #[tokio::test]
    async fn key_is_fetched_once_and_without_credentials() {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(key().set_delay(Duration::from_millis(100))).mount(&server).await;
        let (keys, url) = (cache(&server), url(&server, "k"));
        let (first, second, third) = tokio::join!(
            keys.verify(&url, BODY, SIGNED),
            keys.verify(&url, BODY, SIGNED),
            keys.verify(&url, b"[]", SIGNED)
        );
        assert_eq!((first, second), (Ok(()), Ok(())));
        assert_eq!(third, Err(CallbackError::WrongSignature));
        let requests = requests(&server).await;
        assert_eq!(requests.len(), 1);
        for name in ["authorization", "clientid", "cookie"] {
            assert!(!requests[0].headers.contains_key(name), "{name}");
        }
        assert!(matches!(
            keys.verify("http://evil.example/", BODY, SIGNED).await,
            Err(CallbackError::ForeignKey(_))
        ));
    }

    #[tokio::test]
    async fn missing_key_is_cached_and_unavailable_key_is_not() {
        let server = MockServer::start().await;
        for (id, answer) in [
            ("missing", ResponseTemplate::new(404)),
            ("moved", ResponseTemplate::new(302).insert_header("location", url(&server, "good").as_str())),
            ("odd", ResponseTemplate::new(200).set_body_string("{\"signing_key\": 7}")),
            ("long", ResponseTemplate::new(200).set_body_string("x".repeat((16 << 10) + 1))),
            ("broken", ResponseTemplate::new(503)),
            ("good", key()),
        ] {
            Mock::given(query_param("id", id)).respond_with(answer).mount(&server).await;
        }
        let keys = cache(&server);
        for (id, reason, times) in [
            ("missing", "no_key", 1),
            ("moved", "no_key", 1),
            ("odd", "no_key", 1),
            ("long", "key_unavailable", 2),
            ("broken", "key_unavailable", 2),
        ] {
            let before = requests(&server).await.len();
            for _ in 0..2 {
                let refused = keys.verify(&url(&server, id), BODY, SIGNED).await.unwrap_err();
                assert_eq!(refused.code(), reason, "{id}");
                assert!(!refused.to_string().contains("127.0.0.1"), "{refused}");
            }
            assert_eq!(requests(&server).await.len() - before, times, "{id}");
        }
    }

    #[tokio::test]
    async fn flood_of_unknown_keys_does_not_block_a_proven_one() {
        let server = MockServer::start().await;
        Mock::given(query_param("id", "good")).respond_with(key()).mount(&server).await;
        Mock::given(any()).respond_with(ResponseTemplate::new(404)).with_priority(9).mount(&server).await;
        let mut keys = cache(&server);
        keys.ttl = Duration::ZERO;
        let good = url(&server, "good");
        assert_eq!(keys.verify(&good, BODY, SIGNED).await, Ok(()));
        let mut busy = 0;
        for number in 0..2 * MAX_UNKNOWN_PER_MINUTE {
            let refused = keys.verify(&url(&server, &format!("n{number}")), BODY, SIGNED).await;
            busy += u32::from(refused == Err(CallbackError::Busy));
        }
        assert_eq!(busy, MAX_UNKNOWN_PER_MINUTE + 1);
        assert_eq!(keys.verify(&good, BODY, SIGNED).await, Ok(()));
        assert_eq!(requests(&server).await.len() as u32, MAX_UNKNOWN_PER_MINUTE + 1);
        assert!(keys.lock().slots.len() <= MAX_KEYS);
    }

    #[test]
    fn least_useful_key_is_evicted() {
        let mut keys = new_cache("http://127.0.0.1:1/v/apis/3.0");
        let address = |number: usize| Url::parse(&format!("http://127.0.0.1:1/{number}")).unwrap();
        keys.slot(&address(0)).unwrap().is_proven.store(true, Ordering::Relaxed);
        for number in 1..2 * MAX_KEYS {
            keys.cached.get_mut().unwrap().minute = None;
            keys.slot(&address(number)).unwrap();
        }
        let cached = keys.lock();
        assert_eq!(cached.slots.len(), MAX_KEYS);
        assert!(
            cached.slots.contains_key(&address(0)) && cached.slots.contains_key(&address(2 * MAX_KEYS - 1))
        );
        assert!(!cached.slots.contains_key(&address(1)));
    }
}
