//! Opens the store that a setting selects: in memory, in a file, or in Redis.

use std::path::Path;
use std::sync::Arc;

use crate::error::StoreError;
use crate::file::FileStore;
use crate::memory::MemoryStore;
use crate::redis::RedisStore;
use crate::store::SharedStore;

/// Opens a store: Redis if `setting` is a `redis://` or `rediss://` URL, a file if it is a path, and memory if it is
/// `None`. Keys in Redis start with `namespace`, because other programs may use the same server.
///
/// # Errors
/// Returns an error if the store can't be opened or reached. The message contains no password.
pub async fn open(setting: Option<&str>, namespace: &str) -> Result<SharedStore, StoreError> {
    match setting {
        None => Ok(Arc::new(MemoryStore::default())),
        Some(url) if url.starts_with("redis://") || url.starts_with("rediss://") => {
            Ok(Arc::new(RedisStore::connect(url, namespace).await?))
        }
        Some(url) if url.contains("://") => Err(StoreError::UnsupportedUrl),
        Some(path) => Ok(Arc::new(FileStore::open(Path::new(path))?)),
    }
}
