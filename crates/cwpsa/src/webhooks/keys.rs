//! Cache of the keys that sign an account's callbacks. They are fetched from the account's own host.
//!
//! Anyone can send a callback that names a nonexistent key. So requests are limited: one at a time for each key, and few
//! per minute for keys that have not signed a callback. Keys that have are neither evicted for others nor counted.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use connectwise_psa::runtime::Secret;
use serde::Deserialize;
use tokio::sync::OnceCell;
use url::Url;

use super::error::WebhookError;
use super::key_url::KeyUrlPolicy;
use super::{http_client, signature};

/// Timeout of a key request. The sender of the callback waits five seconds in total.
const TIMEOUT: Duration = Duration::from_secs(4);
/// Maximum size of a key response.
const MAX_BYTES: usize = 16 << 10;
/// How long a key is cached.
const KEY_TTL: Duration = Duration::from_secs(3600);
/// How long the absence of a key is cached.
const MISSING_KEY_TTL: Duration = Duration::from_secs(60);
/// Maximum number of cached keys.
const MAX_KEYS: usize = 64;
/// Maximum number of requests per minute for keys that have not signed a callback.
const MAX_UNKNOWN_PER_MINUTE: u32 = 30;

/// The keys of one account.
pub struct KeyCache {
    place: KeyUrlPolicy,
    /// For the account's own host and for its other hosts, whose TLS or proxy settings may differ.
    clients: [OnceLock<Result<reqwest::Client, String>>; 2],
    kept: Mutex<CachedKeys>,
    times: Times,
}

/// How long results are cached.
struct Times {
    kept: Duration,
    missed: Duration,
}

#[derive(Default)]
struct CachedKeys {
    slots: HashMap<Url, Arc<Slot>>,
    /// The start of the current minute, and the number of requests in it.
    minute: Option<(Instant, u32)>,
}

/// A key that is cached, missing or being fetched.
struct Slot {
    since: Instant,
    /// True if it has signed a callback.
    proved: AtomicBool,
    answer: OnceCell<Result<Secret, WebhookError>>,
}

impl KeyCache {
    /// Creates an empty cache.
    pub fn new(place: KeyUrlPolicy) -> Self {
        let times = Times { kept: KEY_TTL, missed: MISSING_KEY_TTL };
        Self { place, clients: Default::default(), kept: Mutex::default(), times }
    }

    /// Verifies the signature of a body with the key at `key_url`.
    ///
    /// # Errors
    /// Returns an error if the key URL is not allowed, the key can't be fetched, or the signature is invalid.
    pub async fn check(&self, key_url: &str, body: &[u8], given: &str) -> Result<(), WebhookError> {
        let url = self.place.check(key_url).map_err(WebhookError::Foreign)?;
        let slot = self.slot(&url)?;
        let key = slot.answer.get_or_init(|| self.ask(&url)).await.as_ref().map_err(Clone::clone)?;
        if !signature::is_right(key, body, given) {
            return Err(WebhookError::WrongSignature);
        }
        slot.proved.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Returns the slot of the key, or a new one if it has expired.
    fn slot(&self, url: &Url) -> Result<Arc<Slot>, WebhookError> {
        let mut kept = self.kept();
        let old = kept.slots.get(url);
        if let Some(slot) = old.filter(|slot| self.is_fresh(slot)) {
            return Ok(Arc::clone(slot));
        }
        let proved = old.is_some_and(|slot| slot.proved.load(Ordering::Relaxed));
        if !proved && !kept.count() {
            return Err(WebhookError::Busy);
        }
        if kept.slots.len() >= MAX_KEYS && !kept.slots.contains_key(url) {
            let rank = |slot: &Slot| (slot.proved.load(Ordering::Relaxed), slot.since);
            let least = kept.slots.iter().min_by_key(|(_, slot)| rank(slot)).map(|(url, _)| url.clone());
            least.map(|url| kept.slots.remove(&url));
        }
        let slot = Arc::new(Slot {
            since: Instant::now(),
            proved: AtomicBool::new(proved),
            answer: OnceCell::new(),
        });
        kept.slots.insert(url.clone(), Arc::clone(&slot));
        Ok(slot)
    }

    fn is_fresh(&self, slot: &Slot) -> bool {
        let age = slot.since.elapsed();
        match slot.answer.get() {
            // The request is in flight and has a timeout.
            None => age < self.times.missed,
            Some(Ok(_)) => age < self.times.kept,
            Some(Err(error)) => !error.may_pass_later() && age < self.times.missed,
        }
    }

    fn kept(&self) -> MutexGuard<'_, CachedKeys> {
        // A panic elsewhere leaves the map consistent.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn ask(&self, url: &Url) -> Result<Secret, WebhookError> {
        let further = url.origin() != self.place.own().origin();
        let client = self.clients[usize::from(further)].get_or_init(|| http_client::client(url, TIMEOUT));
        let client = client.as_ref().map_err(|error| WebhookError::KeyUnavailable(error.clone()))?;
        let response = client.get(url.clone()).header("accept", "application/json").send().await;
        let response = response.map_err(|error| WebhookError::KeyUnavailable(http_client::detail(error)))?;
        let status = response.status();
        let message = || format!("it returned status {}", status.as_u16());
        if status.is_server_error() || matches!(status.as_u16(), 408 | 429) {
            return Err(WebhookError::KeyUnavailable(message()));
        }
        if !status.is_success() {
            return Err(WebhookError::NoKey(message()));
        }
        let body = http_client::read(response, MAX_BYTES).await.map_err(WebhookError::KeyUnavailable)?;
        match serde_json::from_slice::<Answer>(&body) {
            Ok(answer) if !answer.signing_key.is_empty() => Ok(Secret::from(answer.signing_key)),
            // The message of the parser could contain a part of the key.
            _ => Err(WebhookError::NoKey("the response has no signing_key".to_owned())),
        }
    }
}

impl CachedKeys {
    /// Counts a request for a key that has not signed a callback. Returns true if it is within the limit.
    fn count(&mut self) -> bool {
        let now = Instant::now();
        let (since, count) = self.minute.unwrap_or((now, 0));
        let (since, count) = if now - since < Duration::from_secs(60) { (since, count) } else { (now, 0) };
        self.minute = Some((since, count + u32::from(count < MAX_UNKNOWN_PER_MINUTE)));
        count < MAX_UNKNOWN_PER_MINUTE
    }
}

#[derive(Deserialize)]
struct Answer {
    signing_key: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use wiremock::matchers::{any, query_param};
    use wiremock::{Mock, MockServer, Request, ResponseTemplate};

    // Python: hmac.new(sha256(b"a-signing-key").digest(), b"{}", sha256), base64.
    const BODY: &[u8] = b"{}";
    const SIGNED: &str = "TL7PzVMgkVzGDujFzWPlAODxUUozqz6svfIlwdxZXkk=";

    fn keys(server: &MockServer) -> KeyCache {
        let base = format!("{}/v4_6_release/apis/3.0", server.uri());
        KeyCache::new(KeyUrlPolicy::new(&base, "acme", &[]).unwrap())
    }

    fn url(server: &MockServer, id: &str) -> String {
        format!("{}/v4_6_release/system/callbackkey/index.rails?companyName=acme&id={id}", server.uri())
    }

    fn key() -> ResponseTemplate {
        ResponseTemplate::new(200).set_body_json(serde_json::json!({"signing_key": "a-signing-key"}))
    }

    async fn asked(server: &MockServer) -> Vec<Request> {
        server.received_requests().await.unwrap()
    }

    #[tokio::test]
    async fn key_is_requested_once_and_without_credentials() {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(key().set_delay(Duration::from_millis(100))).mount(&server).await;
        let (keys, url) = (keys(&server), url(&server, "k"));
        let (first, second, third) = tokio::join!(
            keys.check(&url, BODY, SIGNED),
            keys.check(&url, BODY, SIGNED),
            keys.check(&url, b"[]", SIGNED)
        );
        assert_eq!((first, second), (Ok(()), Ok(())));
        assert_eq!(third, Err(WebhookError::WrongSignature));
        let asked = asked(&server).await;
        assert_eq!(asked.len(), 1);
        for name in ["authorization", "clientid", "cookie"] {
            assert!(!asked[0].headers.contains_key(name), "{name}");
        }
        assert!(matches!(
            keys.check("http://evil.example/", BODY, SIGNED).await,
            Err(WebhookError::Foreign(_))
        ));
    }

    #[tokio::test]
    async fn missing_key_is_cached_and_unavailable_key_is_not() {
        let server = MockServer::start().await;
        for (id, answer) in [
            ("missing", ResponseTemplate::new(404)),
            ("moved", ResponseTemplate::new(302).insert_header("location", url(&server, "good").as_str())),
            ("odd", ResponseTemplate::new(200).set_body_string("{\"signing_key\": 7}")),
            ("long", ResponseTemplate::new(200).set_body_string("x".repeat(MAX_BYTES + 1))),
            ("broken", ResponseTemplate::new(503)),
            ("good", key()),
        ] {
            Mock::given(query_param("id", id)).respond_with(answer).mount(&server).await;
        }
        let keys = keys(&server);
        for (id, reason, times) in [
            ("missing", "no_key", 1),
            ("moved", "no_key", 1),
            ("odd", "no_key", 1),
            ("long", "key_unavailable", 2),
            ("broken", "key_unavailable", 2),
        ] {
            let before = asked(&server).await.len();
            for _ in 0..2 {
                let refused = keys.check(&url(&server, id), BODY, SIGNED).await.unwrap_err();
                assert_eq!(refused.reason(), reason, "{id}");
                assert!(!refused.to_string().contains("127.0.0.1"), "{refused}");
            }
            assert_eq!(asked(&server).await.len() - before, times, "{id}");
        }
    }

    #[tokio::test]
    async fn a_flood_of_keys_does_not_keep_out_one_that_has_signed() {
        let server = MockServer::start().await;
        Mock::given(query_param("id", "good")).respond_with(key()).mount(&server).await;
        Mock::given(any()).respond_with(ResponseTemplate::new(404)).with_priority(9).mount(&server).await;
        let mut keys = keys(&server);
        keys.times.kept = Duration::ZERO;
        let good = url(&server, "good");
        assert_eq!(keys.check(&good, BODY, SIGNED).await, Ok(()));
        let mut busy = 0;
        for number in 0..2 * MAX_UNKNOWN_PER_MINUTE {
            let refused = keys.check(&url(&server, &format!("n{number}")), BODY, SIGNED).await;
            busy += u32::from(refused == Err(WebhookError::Busy));
        }
        assert_eq!(busy, MAX_UNKNOWN_PER_MINUTE + 1);
        assert_eq!(keys.check(&good, BODY, SIGNED).await, Ok(()));
        assert_eq!(asked(&server).await.len() as u32, MAX_UNKNOWN_PER_MINUTE + 1);
        assert!(keys.kept().slots.len() <= MAX_KEYS);
    }

    #[test]
    fn the_least_useful_key_makes_room() {
        let mut keys =
            KeyCache::new(KeyUrlPolicy::new("http://127.0.0.1:1/v/apis/3.0", "acme", &[]).unwrap());
        let address = |number: usize| Url::parse(&format!("http://127.0.0.1:1/{number}")).unwrap();
        keys.slot(&address(0)).unwrap().proved.store(true, Ordering::Relaxed);
        for number in 1..2 * MAX_KEYS {
            keys.kept.get_mut().unwrap().minute = None;
            keys.slot(&address(number)).unwrap();
        }
        let kept = keys.kept();
        assert_eq!(kept.slots.len(), MAX_KEYS);
        assert!(kept.slots.contains_key(&address(0)) && kept.slots.contains_key(&address(2 * MAX_KEYS - 1)));
        assert!(!kept.slots.contains_key(&address(1)));
    }
}
