//! A store in memory, for a single server that may forget everything when it restarts.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;

use crate::error::StoreError;
use crate::store::{QueueItem, Store};

/// The default capacity in bytes.
const MAX_BYTES: usize = 64 << 20;
const LOCATION: &str = "the memory store";

/// A store in this process's memory.
#[derive(Debug)]
pub struct MemoryStore {
    state: Mutex<MemoryState>,
    max_bytes: usize,
}

#[derive(Debug, Default)]
struct MemoryState {
    /// The number of the newest value or item; numbers are never reused.
    sequence: u64,
    /// Bytes of keys, values and items.
    bytes: usize,
    values: HashMap<String, StoredValue>,
    /// Keys by expiry.
    expiries: BTreeMap<(Instant, u64), String>,
    queues: HashMap<String, MemoryQueue>,
}

#[derive(Debug)]
struct StoredValue {
    value: Vec<u8>,
    expiry: (Instant, u64),
}

#[derive(Debug, Default)]
struct MemoryQueue {
    items: HashMap<u64, MemoryItem>,
    ready: BTreeSet<(Instant, u64)>,
}

#[derive(Debug)]
struct MemoryItem {
    bytes: Vec<u8>,
    ready: Instant,
    attempts: u32,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::with_capacity(MAX_BYTES)
    }
}

impl MemoryStore {
    /// Creates a store that holds at most `max_bytes`. If it is full, the values that would expire first are evicted;
    /// queued items are never evicted, so pushing one may fail.
    pub fn with_capacity(max_bytes: usize) -> Self {
        Self { state: Mutex::default(), max_bytes }
    }

    fn lock(&self) -> MutexGuard<'_, MemoryState> {
        // No code under the lock panics half way.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        while state.expiries.first_key_value().is_some_and(|((expiry, _), _)| *expiry <= now) {
            state.evict_first();
        }
        state
    }

    fn make_room(&self, state: &mut MemoryState, bytes: usize) -> Result<(), StoreError> {
        while state.bytes + bytes > self.max_bytes && !state.expiries.is_empty() {
            state.evict_first();
        }
        if state.bytes + bytes > self.max_bytes {
            return Err(StoreError::Full { location: LOCATION.to_owned(), max_bytes: self.max_bytes });
        }
        Ok(())
    }

    fn insert(
        &self,
        state: &mut MemoryState,
        key: &str,
        value: &[u8],
        ttl: Duration,
    ) -> Result<(), StoreError> {
        state.remove(key);
        self.make_room(state, key.len() + value.len())?;
        state.sequence += 1;
        let expiry = (Instant::now() + ttl, state.sequence);
        state.bytes += key.len() + value.len();
        state.expiries.insert(expiry, key.to_owned());
        state.values.insert(key.to_owned(), StoredValue { value: value.to_owned(), expiry });
        Ok(())
    }
}

impl MemoryState {
    fn remove(&mut self, key: &str) -> Option<Vec<u8>> {
        let stored = self.values.remove(key)?;
        self.expiries.remove(&stored.expiry);
        self.bytes -= key.len() + stored.value.len();
        Some(stored.value)
    }

    fn evict_first(&mut self) {
        if let Some((_, key)) = self.expiries.pop_first()
            && let Some(stored) = self.values.remove(&key)
        {
            self.bytes -= key.len() + stored.value.len();
        }
    }

    /// Returns the queue and the parsed id, if the queue has such an item.
    fn item(&mut self, queue: &str, id: &str) -> Option<(&mut MemoryQueue, u64)> {
        let id = id.parse().ok()?;
        let queue = self.queues.get_mut(queue)?;
        queue.items.contains_key(&id).then_some((queue, id))
    }
}

impl MemoryQueue {
    fn defer(&mut self, id: u64, until: Instant) {
        if let Some(item) = self.items.get_mut(&id) {
            self.ready.remove(&(item.ready, id));
            item.ready = until;
            self.ready.insert((until, id));
        }
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn put_new(&self, key: &str, value: &[u8], ttl: Duration) -> Result<Option<Vec<u8>>, StoreError> {
        let mut state = self.lock();
        if let Some(stored) = state.values.get(key) {
            return Ok(Some(stored.value.clone()));
        }
        self.insert(&mut state, key, value, ttl)?;
        Ok(None)
    }

    async fn put(&self, key: &str, value: &[u8], ttl: Duration) -> Result<(), StoreError> {
        self.insert(&mut self.lock(), key, value, ttl)
    }

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.lock().values.get(key).map(|stored| stored.value.clone()))
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
        let mut keys: Vec<String> =
            state.values.keys().filter(|key| key.starts_with(prefix)).cloned().collect();
        keys.sort_unstable();
        Ok(keys)
    }

    async fn push(&self, queue: &str, item: &[u8], delay: Duration) -> Result<String, StoreError> {
        let mut state = self.lock();
        self.make_room(&mut state, item.len())?;
        state.sequence += 1;
        state.bytes += item.len();
        let (id, ready) = (state.sequence, Instant::now() + delay);
        let queue = state.queues.entry(queue.to_owned()).or_default();
        queue.items.insert(id, MemoryItem { bytes: item.to_owned(), ready, attempts: 0 });
        queue.ready.insert((ready, id));
        Ok(id.to_string())
    }

    async fn claim(&self, queue: &str, lease: Duration) -> Result<Option<QueueItem>, StoreError> {
        let mut state = self.lock();
        let Some(queue) = state.queues.get_mut(queue) else { return Ok(None) };
        let now = Instant::now();
        let Some(&(ready, id)) = queue.ready.first() else { return Ok(None) };
        if ready > now {
            return Ok(None);
        }
        queue.defer(id, now + lease);
        let claimed = queue.items.get_mut(&id).map(|item| {
            item.attempts += 1;
            QueueItem { id: id.to_string(), item: item.bytes.clone(), attempts: item.attempts }
        });
        Ok(claimed)
    }

    async fn complete(&self, queue: &str, id: &str) -> Result<(), StoreError> {
        let mut state = self.lock();
        let Some((queue, id)) = state.item(queue, id) else { return Ok(()) };
        if let Some(item) = queue.items.remove(&id) {
            queue.ready.remove(&(item.ready, id));
            state.bytes -= item.bytes.len();
        }
        Ok(())
    }

    async fn defer(&self, queue: &str, id: &str, delay: Duration) -> Result<(), StoreError> {
        if let Some((queue, id)) = self.lock().item(queue, id) {
            queue.defer(id, Instant::now() + delay);
        }
        Ok(())
    }

    async fn queue_len(&self, queue: &str) -> Result<usize, StoreError> {
        Ok(self.lock().queues.get(queue).map_or(0, |queue| queue.items.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_store_evicts_values_and_rejects_items() {
        let store = MemoryStore::with_capacity(100);
        let minute = Duration::from_secs(60);
        store.push("q", &[0; 30], Duration::ZERO).await.unwrap();
        store.put("first", &[0; 30], minute).await.unwrap();
        store.put("second", &[0; 30], minute * 2).await.unwrap();
        assert_eq!(store.get("first").await.unwrap(), None, "it would have expired first");
        assert!(store.get("second").await.unwrap().is_some());
        let error = store.put("large", &[0; 80], minute).await.unwrap_err();
        assert_eq!(error.to_string(), "the memory store: no room for more than 100 bytes");
        assert!(store.push("q", &[0; 80], Duration::ZERO).await.is_err());
        assert_eq!(store.queue_len("q").await.unwrap(), 1, "an item is never evicted");
    }
}
