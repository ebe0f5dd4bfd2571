//! What copies of a server share: answers kept for repeated writes, approvals, and queues of work.
//!
//! All of it goes through [`Store`]: values under keys that run out by themselves, and queues that lose nothing. In
//! [`memory`] it lasts as long as the process, in a [`mod@file`] it outlives it, in [`mod@redis`] several servers share it.

#[cfg(test)]
pub mod contract;
pub mod file;
pub mod memory;
pub mod redis;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

pub use file::File;
pub use memory::Memory;
pub use redis::Redis;

/// A store that parts of the server share.
pub type Shared = Arc<dyn Store>;

/// Values under keys, and queues. Each method is done whole or not at all, whoever else uses the store.
///
/// Keys and names of queues are paths of the server's own making, such as `repeat/…` or `webhooks/acme`; values and
/// items are bytes. Every method fails with [`Error`] where the store can't be reached or is full.
#[async_trait]
pub trait Store: Send + Sync + fmt::Debug {
    /// Puts a value unless there is one, and gives the one that is there. It runs out after `keep`.
    async fn put_new(&self, key: &str, value: &[u8], keep: Duration) -> Result<Option<Vec<u8>>, Error>;

    /// Puts a value in place of any other. It runs out after `keep`.
    async fn put(&self, key: &str, value: &[u8], keep: Duration) -> Result<(), Error>;

    /// The value, unless it ran out.
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Error>;

    /// Removes the value and gives it: of all who ask, one gets it.
    async fn take(&self, key: &str) -> Result<Option<Vec<u8>>, Error>;

    /// Removes the value, if there is one.
    async fn remove(&self, key: &str) -> Result<(), Error>;

    /// The keys that begin with `prefix` and have a value, in order. This may look at every key: it is for people, who
    /// ask seldom.
    async fn keys(&self, prefix: &str) -> Result<Vec<String>, Error>;

    /// Puts an item at the end of a queue, to be claimed after a time at the earliest. Gives its id.
    async fn push(&self, queue: &str, item: &[u8], ready_after: Duration) -> Result<String, Error>;

    /// Hands out the item that has been ready longest. Unless it is [`done`](Store::done) or put off by
    /// [`again`](Store::again), it is handed out again after `lease`: whoever claimed it has then died. So an item is
    /// worked on at least once, and twice if the work outlasts the lease.
    async fn claim(&self, queue: &str, lease: Duration) -> Result<Option<Claimed>, Error>;

    /// Forgets an item that was claimed.
    async fn done(&self, queue: &str, id: &str) -> Result<(), Error>;

    /// Has an item that was claimed handed out again after a time. Nothing happens if it is done.
    async fn again(&self, queue: &str, id: &str, after: Duration) -> Result<(), Error>;

    /// How many items are not done, those included that are being worked on.
    async fn len(&self, queue: &str) -> Result<usize, Error>;
}

/// Opens what a setting names: the address of a Redis server, else a file; memory if there is none.
///
/// # Errors
/// It can't be opened or reached. No password is told.
pub async fn open(setting: Option<&str>) -> Result<Shared, Error> {
    match setting {
        None => Ok(Arc::new(Memory::default())),
        Some(address) if address.starts_with("redis://") || address.starts_with("rediss://") => {
            Ok(Arc::new(Redis::connect(address).await?))
        }
        // Its words may hold a password: nothing of it is told.
        Some(address) if address.contains("://") => {
            Err(Error::new("--state", "only redis:// and rediss:// are known; anything else is a file"))
        }
        Some(path) => Ok(Arc::new(File::open(Path::new(path))?)),
    }
}

/// An item of a queue that was handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// NameStyle it in its queue.
    pub id: String,
    /// What was pushed.
    pub item: Vec<u8>,
    /// How often it was handed out, this time included.
    pub attempts: u32,
}

/// Why the store could not do it: where it is and what it said, without passwords.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    place: String,
    message: String,
}

impl Error {
    /// An error of the store at `place`.
    pub fn new(place: impl Into<String>, message: impl fmt::Display) -> Self {
        Self { place: place.into(), message: message.to_string() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

impl std::error::Error for Error {}
