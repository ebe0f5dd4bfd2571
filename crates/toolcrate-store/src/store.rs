//! The trait that every store implements.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::error::StoreError;

/// The key that [`Store::check`] writes.
const CHECK_KEY: &str = "health/check";
/// How large its value is: a file on a full disk may have room for a few bytes.
const CHECK_BYTES: usize = 64 << 10;
/// How long it is kept.
const CHECK_TTL: Duration = Duration::from_secs(60);

/// A store that several parts of a server share.
pub type SharedStore = Arc<dyn Store>;

/// Expiring values under keys, and queues. Every operation is atomic, whoever else uses the store.
///
/// Keys and queue names are paths that the server makes up, such as `approvals/pending/…`; values and items are bytes.
/// The first two segments of a key are its *owner*, and a queue is an owner of its own. A store of limited size gives each
/// owner a share, so that none can use up the room of the others. Every operation fails with a [`StoreError`] if the store
/// can't be reached or is full.
#[async_trait]
pub trait Store: Send + Sync + fmt::Debug {
    /// Stores a value unless the key has one already, in which case the existing value is returned. The value expires
    /// after `ttl`.
    async fn put_new(&self, key: &str, value: &[u8], ttl: Duration) -> Result<Option<Vec<u8>>, StoreError>;

    /// Stores a value, replacing any other. The value expires after `ttl`.
    async fn put(&self, key: &str, value: &[u8], ttl: Duration) -> Result<(), StoreError>;

    /// Stores a value that can be done without. A store that is full evicts such values, and no others.
    async fn put_evictable(&self, key: &str, value: &[u8], ttl: Duration) -> Result<(), StoreError> {
        self.put(key, value, ttl).await
    }

    /// Checks that a value can be stored at the moment.
    async fn check(&self) -> Result<(), StoreError> {
        self.put(CHECK_KEY, &[0; CHECK_BYTES], CHECK_TTL).await
    }

    /// Returns the value, unless it has expired.
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Removes the value and returns it. Of several concurrent callers exactly one gets it.
    async fn take(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Removes the value, if there is one.
    async fn remove(&self, key: &str) -> Result<(), StoreError>;

    /// Returns the keys that start with `prefix` and have a value, sorted. This may scan all keys, so it is meant for
    /// rare requests made by people.
    async fn keys(&self, prefix: &str) -> Result<Vec<String>, StoreError>;

    /// Appends an item to a queue and returns its id. The item can be claimed after `delay` at the earliest.
    async fn push(&self, queue: &str, item: &[u8], delay: Duration) -> Result<String, StoreError>;

    /// Claims the item that has been ready longest. Unless it is [completed](Store::complete) or
    /// [deferred](Store::defer), it becomes ready again after `lease`, because whoever claimed it is then presumed
    /// dead. So an item is processed at least once, and twice if processing outlasts the lease.
    async fn claim(&self, queue: &str, lease: Duration) -> Result<Option<QueueItem>, StoreError>;

    /// Removes an item that was claimed.
    async fn complete(&self, queue: &str, id: &str) -> Result<(), StoreError>;

    /// Makes a claimed item ready again after `delay`. Does nothing if the item was completed.
    async fn defer(&self, queue: &str, id: &str, delay: Duration) -> Result<(), StoreError>;

    /// Returns how many items of the queue are not completed, including those that are claimed.
    async fn queue_len(&self, queue: &str) -> Result<usize, StoreError>;
}

/// An item of a queue that was claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueItem {
    /// Identifies the item in its queue.
    pub id: String,
    /// The bytes that were pushed.
    pub item: Vec<u8>,
    /// How many times the item was claimed, including this time.
    pub attempts: u32,
}
