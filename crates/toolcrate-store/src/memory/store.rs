//! Implements the in-memory store, for a single server that may lose its state when it restarts.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;

use super::budget::Budget;
use super::queue::MemoryQueue;
use super::values::{MemoryValues, Retention};
use crate::error::StoreError;
use crate::store::{QueueItem, Store};

/// The default capacity in bytes.
const MAX_BYTES: usize = 64 << 20;

/// A store in the process's memory.
#[derive(Debug)]
pub struct MemoryStore(Mutex<MemoryState>);

#[derive(Debug)]
struct MemoryState {
    /// The ID of the newest item. IDs are never reused.
    last_id: u64,
    values: MemoryValues,
    queues: HashMap<String, MemoryQueue>,
    /// The budget for items and for values that must not be evicted.
    required: Budget,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::with_capacity(MAX_BYTES)
    }
}

impl MemoryStore {
    /// Creates a store limited to `max_bytes`: one half for items and required values, the other half for evictable
    /// values. An owner can use a quarter of each half. If its share is used up, storing a required value fails, and
    /// storing an evictable one evicts the owner's evictable values that expire first.
    pub fn with_capacity(max_bytes: usize) -> Self {
        Self(Mutex::new(MemoryState {
            last_id: 0,
            values: MemoryValues::new(max_bytes / 2),
            queues: HashMap::new(),
            required: Budget::new(max_bytes / 2),
        }))
    }

    fn lock(&self) -> MutexGuard<'_, MemoryState> {
        // No code panics halfway while holding the lock.
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let MemoryState { values, required, .. } = &mut *state;
        values.expire(required, Instant::now());
        state
    }
}

impl MemoryState {
    fn insert(
        &mut self,
        key: &str,
        value: &[u8],
        ttl: Duration,
        retention: Retention,
    ) -> Result<(), StoreError> {
        self.values.insert(&mut self.required, key, value, Instant::now() + ttl, retention)
    }

    fn remove(&mut self, key: &str) -> Option<Vec<u8>> {
        self.values.remove(&mut self.required, key)
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn put_new(&self, key: &str, value: &[u8], ttl: Duration) -> Result<Option<Vec<u8>>, StoreError> {
        let mut state = self.lock();
        if let Some(stored) = state.values.get(key) {
            return Ok(Some(stored.to_owned()));
        }
        state.insert(key, value, ttl, Retention::Required)?;
        Ok(None)
    }

    async fn put(&self, key: &str, value: &[u8], ttl: Duration) -> Result<(), StoreError> {
        self.lock().insert(key, value, ttl, Retention::Required)
    }

    async fn put_evictable(&self, key: &str, value: &[u8], ttl: Duration) -> Result<(), StoreError> {
        self.lock().insert(key, value, ttl, Retention::Evictable)
    }

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.lock().values.get(key).map(<[u8]>::to_owned))
    }

    async fn take(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.lock().remove(key))
    }

    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        self.lock().remove(key);
        Ok(())
    }

    async fn keys(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        let state = self.lock();
        let keys = state.values.keys().filter(|key| key.starts_with(prefix));
        let mut keys: Vec<String> = keys.map(str::to_owned).collect();
        keys.sort_unstable();
        Ok(keys)
    }

    async fn push(&self, queue: &str, item: &[u8], delay: Duration) -> Result<String, StoreError> {
        let mut state = self.lock();
        let cost = Budget::cost("", item);
        state.required.check(queue, cost)?;
        state.required.add(queue, cost);
        state.last_id += 1;
        let id = state.last_id;
        state.queues.entry(queue.to_owned()).or_default().push(id, item, Instant::now() + delay);
        Ok(id.to_string())
    }

    async fn claim(&self, queue: &str, lease: Duration) -> Result<Option<QueueItem>, StoreError> {
        let now = Instant::now();
        Ok(self.lock().queues.get_mut(queue).and_then(|queue| queue.claim(now, now + lease)))
    }

    async fn complete(&self, queue: &str, id: &str) -> Result<(), StoreError> {
        let Ok(id) = id.parse() else { return Ok(()) };
        let mut state = self.lock();
        if let Some(item) = state.queues.get_mut(queue).and_then(|queue| queue.remove(id)) {
            state.required.subtract(queue, Budget::cost("", &item));
        }
        Ok(())
    }

    async fn defer(&self, queue: &str, id: &str, delay: Duration) -> Result<(), StoreError> {
        let Ok(id) = id.parse() else { return Ok(()) };
        if let Some(queue) = self.lock().queues.get_mut(queue) {
            queue.defer(id, Instant::now() + delay);
        }
        Ok(())
    }

    async fn queue_len(&self, queue: &str) -> Result<usize, StoreError> {
        Ok(self.lock().queues.get(queue).map_or(0, MemoryQueue::len))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn values_and_items_are_never_evicted() {
        let store = MemoryStore::with_capacity(16_000);
        for number in 0.. {
            let value = store.put(&format!("a/{number}/claim"), &[0; 500], MINUTE).await;
            if let Err(error) = value {
                assert_eq!(error.to_string(), "the memory store: limit of 8000 bytes reached");
                break;
            }
        }
        assert!(store.push("queue", &[0; 500], Duration::ZERO).await.is_err());
        assert!(store.put_new("b/new", &[0; 500], MINUTE).await.is_err());
        assert!(store.get("a/0/claim").await.unwrap().is_some());
        // A value stays if its replacement doesn't fit; a replacement of the same size fits.
        assert!(store.put("a/0/claim", &[0; 5000], MINUTE).await.is_err());
        store.put("a/0/claim", &[1; 500], MINUTE).await.unwrap();
        assert_eq!(store.get("a/0/claim").await.unwrap(), Some(vec![1; 500]));
        store.put_evictable("b/c/answer", &[0; 500], MINUTE).await.unwrap();
        store.remove("a/0/claim").await.unwrap();
        store.push("queue", &[0; 300], Duration::ZERO).await.unwrap();
    }

    #[tokio::test]
    async fn each_owner_has_a_quota() {
        let store = MemoryStore::with_capacity(16_000);
        let mut stored = 0;
        let error = loop {
            match store.put(&format!("claims/acme/{stored}"), &[0; 100], MINUTE).await {
                Ok(()) => stored += 1,
                Err(error) => break error,
            }
        };
        assert_eq!(error.to_string(), "the memory store: limit of 2000 bytes reached for claims/acme");
        assert!(stored >= 5, "{stored}");
        store.put("claims/other/0", &[0; 100], MINUTE).await.unwrap();
    }

    #[tokio::test]
    async fn responses_evict_only_their_owners_responses() {
        let store = MemoryStore::with_capacity(16_000);
        store.put("claims/acme/0", b"claim", MINUTE).await.unwrap();
        store.put_evictable("answers/acme/0", &[0; 500], MINUTE).await.unwrap();
        for number in 0..100 {
            store.put_evictable(&format!("answers/other/{number}"), &[0; 500], MINUTE).await.unwrap();
        }
        assert!(store.get("claims/acme/0").await.unwrap().is_some());
        assert!(store.get("answers/acme/0").await.unwrap().is_some(), "another owner's share");
        assert!(store.get("answers/other/0").await.unwrap().is_none());
        assert!(store.get("answers/other/99").await.unwrap().is_some());
        // A queue has its own share as well.
        while store.push("webhooks/post/acme", &[0; 100], Duration::ZERO).await.is_ok() {}
        store.push("webhooks/post/other", &[0; 100], Duration::ZERO).await.unwrap();
        let error = store.put_evictable("answers/acme/1", &[0; 3000], MINUTE).await.unwrap_err();
        assert!(matches!(error, StoreError::Full { owner: Some(_), .. }), "{error}");
    }
}
