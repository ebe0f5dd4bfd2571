//! Caches an account's custom fields, with their types and options. Fetching them takes a request, so it is done only
//! when they are first needed. If the credentials can't read the custom fields, they are omitted.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::Mutex;
use toolcrate_runtime::{Account, Client, NameStyle, Tool};

use crate::fingerprint::short_fingerprint;
use crate::list_changes::ToolListChanges;

/// How long a caller waits for the definitions.
const FETCH_TIMEOUT: Duration = Duration::from_secs(3);
/// How long definitions are cached.
const CACHE_TTL: Duration = Duration::from_secs(900);
/// Delay before definitions are fetched again after a failure, and the minimum interval between fetches for callers
/// that know of newer definitions.
const RETRY_INTERVAL: Duration = Duration::from_secs(60);

/// The custom fields of one account. Clones share the cache. The default fetches nothing.
#[derive(Clone, Default)]
pub struct CustomFieldsCache(Option<Arc<CacheState>>);

struct CacheState {
    changes: ToolListChanges,
    cached: RwLock<Option<Account>>,
    /// When the definitions were last fetched, and how long they are valid.
    fetched: Mutex<Option<(Instant, Duration)>>,
}

impl CustomFieldsCache {
    /// Creates an empty cache that announces new or changed definitions through `changes`.
    pub fn new(changes: ToolListChanges) -> Self {
        let (cached, fetched) = (RwLock::default(), Mutex::default());
        Self(Some(Arc::new(CacheState { changes, cached, fetched })))
    }

    /// Returns the account with its custom fields, if they have been fetched.
    pub fn cached(&self) -> Option<Account> {
        self.0.as_ref()?.cached.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns the account with its custom fields, fetched through `client` if the cache is empty or stale. Returns
    /// `None` if they can't be fetched, which isn't an error.
    pub async fn get_or_fetch(&self, client: &Client) -> Option<Account> {
        self.no_older_than(CACHE_TTL, client).await
    }

    /// Like [`get_or_fetch`](Self::get_or_fetch), for a caller that knows of fields other than those in the cache.
    pub async fn refresh(&self, client: &Client) -> Option<Account> {
        self.no_older_than(RETRY_INTERVAL, client).await
    }

    async fn no_older_than(&self, max_age: Duration, client: &Client) -> Option<Account> {
        let state = self.0.as_ref()?;
        let mut fetched = state.fetched.lock().await;
        if fetched.is_some_and(|(at, ttl)| at.elapsed() < ttl.min(max_age)) {
            return self.cached();
        }
        let before = self.cached();
        let fields_before = before.as_ref().map(Account::all_fields).unwrap_or_default();
        let fetch = async {
            match &before {
                Some(account) => account.refresh().await.map(|()| account.clone()),
                None => client.enrich().await,
            }
        };
        match tokio::time::timeout(FETCH_TIMEOUT, fetch).await {
            Ok(Ok(account)) => {
                *fetched = Some((Instant::now(), CACHE_TTL));
                let is_changed = account.all_fields() != fields_before;
                *state.cached.write().unwrap_or_else(PoisonError::into_inner) = Some(account);
                if is_changed {
                    state.changes.notify();
                }
            }
            failure => {
                *fetched = Some((Instant::now(), RETRY_INTERVAL));
                let error = match failure {
                    Ok(Err(error)) => error.to_string(),
                    _ => "timed out".to_owned(),
                };
                tracing::warn!(error, "can't read the account's custom fields");
            }
        }
        self.cached()
    }
}

/// Returns a fingerprint of the account's custom fields, which is the same on all replicas. Returns `None` if the
/// account has none.
pub fn custom_fields_version(account: &Account) -> Option<String> {
    let fields = account.all_fields();
    // The debug output contains everything that schemas depend on.
    (!fields.is_empty()).then(|| short_fingerprint(&format!("{fields:?}")))
}

/// Returns the schema of a tool's arguments, with the account's custom fields if they are known.
pub fn input_schema_for(account: Option<&Account>, tool: Tool, names: NameStyle) -> Value {
    match account {
        Some(account) => account.input_schema_in(tool, names),
        None => tool.input_schema_value_in(names),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use wiremock::matchers::path;
    use wiremock::{Mock, MockServer, ResponseTemplate};

    use super::*;
    use crate::fixture;

    async fn define(upstream: &MockServer, caption: &str) {
        let field = json!({"id": 9, "caption": caption, "type": "Number", "record": "Book"});
        upstream.reset().await;
        Mock::given(path("/customFields"))
            .respond_with(ResponseTemplate::new(200).set_body_json(json!([field])))
            .mount(upstream)
            .await;
    }

    #[tokio::test]
    async fn definitions_are_cached_until_they_expire_and_versions_match_across_replicas() {
        let upstream = MockServer::start().await;
        let changes = ToolListChanges::default();
        let fields = CustomFieldsCache::new(changes.clone());
        let (client, other) = (fixture::client(&upstream.uri()), fixture::client(&upstream.uri()));
        assert!(fields.cached().is_none());
        define(&upstream, "Rack").await;
        let first = custom_fields_version(&fields.get_or_fetch(&client).await.unwrap()).unwrap();
        let replica = CustomFieldsCache::new(changes.clone());
        let copy = custom_fields_version(&replica.get_or_fetch(&other).await.unwrap()).unwrap();
        assert_eq!(first, copy, "replicas agree");
        define(&upstream, "Row").await;
        let is_first = |account: &Account| custom_fields_version(account).unwrap() == first;
        assert!(
            is_first(&fields.get_or_fetch(&client).await.unwrap())
                && is_first(&fields.refresh(&client).await.unwrap())
        );
        assert_eq!(upstream.received_requests().await.unwrap().len(), 0, "they are not old yet");
        assert!(!is_first(&fields.no_older_than(Duration::ZERO, &client).await.unwrap()));
        assert_eq!(*changes.subscribe().borrow(), 3, "each change is announced");
    }
}
