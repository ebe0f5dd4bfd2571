//! A store in this process's memory, for a server that stands alone: what is in it is gone when the process ends.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;

use super::{Claimed, Error, Store};

/// More bytes than this are not kept.
const MOST: usize = 64 << 20;

/// Values and queues in memory.
#[derive(Debug)]
pub struct Memory {
    inner: Mutex<Inner>,
    most: usize,
}

#[derive(Debug, Default)]
struct Inner {
    /// Counts values and items, so that each has a number of its own.
    count: u64,
    /// Bytes of keys, values and items.
    size: usize,
    values: HashMap<String, SecretLocations>,
    /// When values run out.
    ends: BTreeMap<(Instant, u64), String>,
    queues: HashMap<String, Queue>,
}

#[derive(Debug)]
struct SecretLocations {
    value: Vec<u8>,
    end: (Instant, u64),
}

#[derive(Debug, Default)]
struct Queue {
    items: HashMap<u64, Item>,
    ready: BTreeSet<(Instant, u64)>,
}

#[derive(Debug)]
struct Item {
    bytes: Vec<u8>,
    ready: Instant,
    attempts: u32,
}

impl Default for Memory {
    fn default() -> Self {
        Self::of_size(MOST)
    }
}

impl Memory {
    /// A store that keeps at most so many bytes: of values those go first that would run out first, and items of
    /// queues, which must not be lost, are refused.
    pub fn of_size(most: usize) -> Self {
        Self { inner: Mutex::default(), most }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // No code under the lock panics half way.
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        while inner.ends.first_key_value().is_some_and(|((end, _), _)| *end <= now) {
            inner.drop_first();
        }
        inner
    }

    fn make_room(&self, inner: &mut Inner, bytes: usize) -> Result<(), Error> {
        while inner.size + bytes > self.most && !inner.ends.is_empty() {
            inner.drop_first();
        }
        if inner.size + bytes > self.most {
            return Err(Error::new(
                "the store in memory",
                format!("more than {} bytes do not fit", self.most),
            ));
        }
        Ok(())
    }

    fn insert(&self, inner: &mut Inner, key: &str, value: &[u8], keep: Duration) -> Result<(), Error> {
        inner.remove(key);
        self.make_room(inner, key.len() + value.len())?;
        inner.count += 1;
        let end = (Instant::now() + keep, inner.count);
        inner.size += key.len() + value.len();
        inner.ends.insert(end, key.to_owned());
        inner.values.insert(key.to_owned(), SecretLocations { value: value.to_owned(), end });
        Ok(())
    }
}

impl Inner {
    fn remove(&mut self, key: &str) -> Option<Vec<u8>> {
        let kept = self.values.remove(key)?;
        self.ends.remove(&kept.end);
        self.size -= key.len() + kept.value.len();
        Some(kept.value)
    }

    fn drop_first(&mut self) {
        if let Some((_, key)) = self.ends.pop_first()
            && let Some(kept) = self.values.remove(&key)
        {
            self.size -= key.len() + kept.value.len();
        }
    }

    /// The item and its queue, where the id names one.
    fn item(&mut self, queue: &str, id: &str) -> Option<(&mut Queue, u64)> {
        let id = id.parse().ok()?;
        let queue = self.queues.get_mut(queue)?;
        queue.items.contains_key(&id).then_some((queue, id))
    }
}

impl Queue {
    fn put_off(&mut self, id: u64, until: Instant) {
        if let Some(item) = self.items.get_mut(&id) {
            self.ready.remove(&(item.ready, id));
            item.ready = until;
            self.ready.insert((until, id));
        }
    }
}

#[async_trait]
impl Store for Memory {
    async fn put_new(&self, key: &str, value: &[u8], keep: Duration) -> Result<Option<Vec<u8>>, Error> {
        let mut inner = self.lock();
        if let Some(kept) = inner.values.get(key) {
            return Ok(Some(kept.value.clone()));
        }
        self.insert(&mut inner, key, value, keep)?;
        Ok(None)
    }

    async fn put(&self, key: &str, value: &[u8], keep: Duration) -> Result<(), Error> {
        self.insert(&mut self.lock(), key, value, keep)
    }

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.lock().values.get(key).map(|kept| kept.value.clone()))
    }

    async fn take(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.lock().remove(key))
    }

    async fn remove(&self, key: &str) -> Result<(), Error> {
        self.lock().remove(key);
        Ok(())
    }

    async fn keys(&self, prefix: &str) -> Result<Vec<String>, Error> {
        let inner = self.lock();
        let mut keys: Vec<String> =
            inner.values.keys().filter(|key| key.starts_with(prefix)).cloned().collect();
        keys.sort_unstable();
        Ok(keys)
    }

    async fn push(&self, queue: &str, item: &[u8], ready_after: Duration) -> Result<String, Error> {
        let mut inner = self.lock();
        self.make_room(&mut inner, item.len())?;
        inner.count += 1;
        inner.size += item.len();
        let (id, ready) = (inner.count, Instant::now() + ready_after);
        let queue = inner.queues.entry(queue.to_owned()).or_default();
        queue.items.insert(id, Item { bytes: item.to_owned(), ready, attempts: 0 });
        queue.ready.insert((ready, id));
        Ok(id.to_string())
    }

    async fn claim(&self, queue: &str, lease: Duration) -> Result<Option<Claimed>, Error> {
        let mut inner = self.lock();
        let Some(queue) = inner.queues.get_mut(queue) else { return Ok(None) };
        let now = Instant::now();
        let Some(&(ready, id)) = queue.ready.first() else { return Ok(None) };
        if ready > now {
            return Ok(None);
        }
        queue.put_off(id, now + lease);
        let claimed = queue.items.get_mut(&id).map(|item| {
            item.attempts += 1;
            Claimed { id: id.to_string(), item: item.bytes.clone(), attempts: item.attempts }
        });
        Ok(claimed)
    }

    async fn done(&self, queue: &str, id: &str) -> Result<(), Error> {
        let mut inner = self.lock();
        let Some((queue, id)) = inner.item(queue, id) else { return Ok(()) };
        if let Some(item) = queue.items.remove(&id) {
            queue.ready.remove(&(item.ready, id));
            inner.size -= item.bytes.len();
        }
        Ok(())
    }

    async fn again(&self, queue: &str, id: &str, after: Duration) -> Result<(), Error> {
        if let Some((queue, id)) = self.lock().item(queue, id) {
            queue.put_off(id, Instant::now() + after);
        }
        Ok(())
    }

    async fn len(&self, queue: &str) -> Result<usize, Error> {
        Ok(self.lock().queues.get(queue).map_or(0, |queue| queue.items.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::contract;

    #[tokio::test]
    async fn it_keeps_the_contract() {
        contract::check(std::sync::Arc::new(Memory::default())).await;
    }

    #[tokio::test]
    async fn what_is_full_drops_values_and_refuses_items() {
        let store = Memory::of_size(100);
        let minute = Duration::from_secs(60);
        store.push("q", &[0; 30], Duration::ZERO).await.unwrap();
        store.put("first", &[0; 30], minute).await.unwrap();
        store.put("second", &[0; 30], minute * 2).await.unwrap();
        assert_eq!(store.get("first").await.unwrap(), None, "it would have run out first");
        assert!(store.get("second").await.unwrap().is_some());
        let error = store.put("large", &[0; 80], minute).await.unwrap_err();
        assert_eq!(error.to_string(), "the store in memory: more than 100 bytes do not fit");
        assert!(store.push("q", &[0; 80], Duration::ZERO).await.is_err());
        assert_eq!(store.len("q").await.unwrap(), 1, "an item is never dropped");
    }
}
