//! State shared by the replicas of a server: values that expire, and queues that deliver each item at least once.
//!
//! Everything goes through the [`Store`] trait. [`MemoryStore`] lasts as long as the process, [`FileStore`] survives a
//! restart, and [`RedisStore`] is shared by several processes. [`open`] selects one of them from a setting.
//!
//! ```
//! use std::time::Duration;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), toolcrate_store::StoreError> {
//! let store = toolcrate_store::open(None, "example").await?;
//!
//! // The first of several replicas to claim a key wins; the others see its value.
//! let minute = Duration::from_secs(60);
//! assert_eq!(store.put_new("claims/7", b"replica a", minute).await?, None);
//! assert_eq!(store.put_new("claims/7", b"replica b", minute).await?, Some(b"replica a".to_vec()));
//!
//! // A queued item is delivered until it is completed.
//! store.push("mail", b"hello", Duration::ZERO).await?;
//! let item = store.claim("mail", minute).await?.expect("an item is ready");
//! store.complete("mail", &item.id).await?;
//! assert_eq!(store.queue_len("mail").await?, 0);
//! # Ok(())
//! # }
//! ```

mod database_file;
mod error;
mod file;
mod memory;
mod open;
mod redis;
mod store;

pub use error::StoreError;
pub use file::FileStore;
pub use memory::MemoryStore;
pub use open::open;
pub use redis::RedisStore;
pub use store::{QueueItem, SharedStore, Store};
