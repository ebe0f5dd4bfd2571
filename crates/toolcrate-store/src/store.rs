//! The trait that every store implements.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::error::StoreError;

/// The key written by [`Store::check`].
const CHECK_KEY: &str = "health/check";
/// The size of its value. A smaller value might still fit on a full disk.
const CHECK_BYTES: usize = 64 << 10;
/// How long the value is kept.
const CHECK_TTL: Duration = Duration::from_secs(60);

/// A store shared by several parts of a server.
pub type SharedStore = Arc<dyn Store>;

/// A store of expiring key-value pairs and queues. Every operation is atomic, even with other users of the same store.
///
/// Keys and queue names are paths that the server chooses, such as `approvals/pending/…`; values and items are bytes.
/// The first two segments of a key are its *owner*, and each queue is its own owner. A store of limited size gives each
/// owner a share, so no owner can use up the space of others. Every operation fails with a [`StoreError`] if the store
/// can't be reached or is full.
#[async_trait]
pub trait Store: Send + Sync + fmt::Debug {
    /// Stores a value unless the key already has one, in which case the existing value is returned. The value expires
    /// after `ttl`.
    async fn put_new(&self, key: &str, value: &[u8], ttl: Duration) -> Result<Option<Vec<u8>>, StoreError>;

    /// Stores a value, replacing any existing one. The value expires after `ttl`.
    async fn put(&self, key: &str, value: &[u8], ttl: Duration) -> Result<(), StoreError>;

    /// Stores a dispensable value. A full store evicts such values, and no others.
    async fn put_evictable(&self, key: &str, value: &[u8], ttl: Duration) -> Result<(), StoreError> {
        self.put(key, value, ttl).await
    }

    /// Checks that a value can currently be stored.
    async fn check(&self) -> Result<(), StoreError> {
        self.put(CHECK_KEY, &[0; CHECK_BYTES], CHECK_TTL).await
    }

    /// Returns the value, unless it has expired.
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Removes the value and returns it. Of several concurrent callers, exactly one gets it.
    async fn take(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Removes the value, if there is one.
    async fn remove(&self, key: &str) -> Result<(), StoreError>;

    /// Returns the keys that start with `prefix` and have a value, sorted. This may scan all keys, so it is intended
    /// for rare requests from people.
    async fn keys(&self, prefix: &str) -> Result<Vec<String>, StoreError>;

    /// Appends an item to a queue and returns its ID. The item can be claimed after `delay` at the earliest.
    async fn push(&self, queue: &str, item: &[u8], delay: Duration) -> Result<String, StoreError>;

    /// Claims the item that has been ready longest. Unless it is [completed](Store::complete) or
    /// [deferred](Store::defer), it becomes ready again after `lease`, because its processor is then presumed dead. An
    /// item is therefore processed at least once, and twice if processing takes longer than the lease.
    async fn claim(&self, queue: &str, lease: Duration) -> Result<Option<QueueItem>, StoreError>;

    /// Removes a claimed item.
    async fn complete(&self, queue: &str, id: &str) -> Result<(), StoreError>;

    /// Makes a claimed item ready again after `delay`. Does nothing if the item was completed.
    async fn defer(&self, queue: &str, id: &str, delay: Duration) -> Result<(), StoreError>;

    /// Returns how many items in the queue have not been completed, including claimed ones.
    async fn queue_len(&self, queue: &str) -> Result<usize, StoreError>;
}

/// A claimed queue item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueItem {
    /// Identifies the item in its queue.
    pub id: String,
    /// The bytes that were pushed.
    pub item: Vec<u8>,
    /// How many times the item has been claimed, including this time.
    pub attempts: u32,
}
