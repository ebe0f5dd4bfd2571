//! A store in a redb file, for a single server that must keep its state across restarts. A write is on disk before the
//! call returns. Only one process can open the file at a time.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition, WriteTransaction};

use crate::database_file::{DatabaseFile, DatabaseFileError, open};
use crate::error::StoreError;
use crate::store::{QueueItem, Store};

/// Maps a key to its expiry, in milliseconds since the Unix epoch, and its value.
const VALUES: TableDefinition<'_, &str, (u64, &[u8])> = TableDefinition::new("values");
/// The expiry and key of every value.
const EXPIRIES: TableDefinition<'_, (u64, &str), ()> = TableDefinition::new("ends");
/// Maps a queue and item ID to the time at which the item is ready, its number of attempts, and the item.
const ITEMS: TableDefinition<'_, (&str, u64), (u64, u32, &[u8])> = TableDefinition::new("items");
/// A queue, the time at which an item is ready, and the item ID.
const READY: TableDefinition<'_, (&str, u64, u64), ()> = TableDefinition::new("ready");
/// The store's counters.
const COUNTERS: TableDefinition<'_, &str, u64> = TableDefinition::new("facts");
/// Maximum number of expired values that a single write removes, which keeps writes fast.
const MAX_EXPIRED_PER_WRITE: usize = 64;

/// A store in a file.
#[derive(Clone)]
pub struct FileStore {
    database: Arc<DatabaseFile>,
    location: Arc<str>,
}

impl std::fmt::Debug for FileStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("FileStore").field(&self.location).finish()
    }
}

impl FileStore {
    /// Opens the file, creating it with owner-only permissions if it doesn't exist.
    ///
    /// # Errors
    /// Returns an error if the file can't be opened or created, isn't a store, was written by a release before 0.2, or
    /// is open in another process. In that case, the file is unchanged.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let location: Arc<str> = path.display().to_string().into();
        let path = path.to_owned();
        let database = DatabaseFile::new(move || {
            let database = open(&path)?;
            create_tables(&database)?;
            Ok(database)
        });
        let database =
            database.map_err(|DatabaseFileError(message)| StoreError::unavailable(&*location, message))?;
        Ok(Self { database: Arc::new(database), location })
    }

    /// Runs `work` on a blocking thread, because it waits for the disk.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Database) -> Result<T, DatabaseFileError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let database = Arc::clone(&self.database);
        let result = tokio::task::spawn_blocking(move || database.run(work)).await;
        let result = result.unwrap_or_else(|error| Err(DatabaseFileError(error.to_string())));
        result.map_err(|DatabaseFileError(message)| StoreError::unavailable(&*self.location, message))
    }

    /// Runs `work` in a write transaction, which is committed only if `work` succeeds.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&WriteTransaction) -> Result<T, DatabaseFileError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.blocking(move |database| {
            let write = database.begin_write()?;
            let result = work(&write)?;
            write.commit()?;
            Ok(result)
        })
        .await
    }
}

fn create_tables(database: &Database) -> Result<(), DatabaseFileError> {
    let write = database.begin_write()?;
    write.open_table(VALUES)?;
    write.open_table(EXPIRIES)?;
    write.open_table(ITEMS)?;
    write.open_table(READY)?;
    write.open_table(COUNTERS)?;
    write.commit()?;
    Ok(())
}

fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_millis()).unwrap_or(u64::MAX)
}

fn after(delay: Duration) -> u64 {
    now().saturating_add(u64::try_from(delay.as_millis()).unwrap_or(u64::MAX))
}

/// Returns a key's value, unless it has expired.
fn value(
    table: &impl ReadableTable<&'static str, (u64, &'static [u8])>,
    key: &str,
) -> Result<Option<Vec<u8>>, DatabaseFileError> {
    let found = table.get(key)?;
    let found = found.as_ref().map(|found| found.value());
    Ok(found.filter(|(expiry, _)| *expiry > now()).map(|(_, value)| value.to_owned()))
}

fn remove(write: &WriteTransaction, key: &str) -> Result<Option<Vec<u8>>, DatabaseFileError> {
    let mut values = write.open_table(VALUES)?;
    let Some((expiry, value)) = values.remove(key)?.map(|found| {
        let (expiry, value) = found.value();
        (expiry, value.to_owned())
    }) else {
        return Ok(None);
    };
    write.open_table(EXPIRIES)?.remove((expiry, key))?;
    Ok((expiry > now()).then_some(value))
}

fn put(write: &WriteTransaction, key: &str, value: &[u8], ttl: Duration) -> Result<(), DatabaseFileError> {
    let expired: Vec<String> = {
        let expiries = write.open_table(EXPIRIES)?;
        let range = expiries.range(..(now(), ""))?.take(MAX_EXPIRED_PER_WRITE);
        range.map(|entry| Ok(entry?.0.value().1.to_owned())).collect::<Result<_, DatabaseFileError>>()?
    };
    for key in expired {
        remove(write, &key)?;
    }
    remove(write, key)?;
    let expiry = after(ttl);
    write.open_table(VALUES)?.insert(key, (expiry, value))?;
    write.open_table(EXPIRIES)?.insert((expiry, key), ())?;
    Ok(())
}

/// Changes when an item becomes ready, adds `claims` to its attempts, and returns the attempts and the item.
fn reschedule(
    write: &WriteTransaction,
    queue: &str,
    id: u64,
    until: u64,
    claims: u32,
) -> Result<Option<(u32, Vec<u8>)>, DatabaseFileError> {
    let mut items = write.open_table(ITEMS)?;
    let Some((before, attempts, item)) = items.get((queue, id))?.map(|found| {
        let (ready, attempts, item) = found.value();
        (ready, attempts, item.to_owned())
    }) else {
        return Ok(None);
    };
    let attempts = attempts.saturating_add(claims);
    items.insert((queue, id), (until, attempts, &item[..]))?;
    let mut ready = write.open_table(READY)?;
    ready.remove((queue, before, id))?;
    ready.insert((queue, until, id), ())?;
    Ok(Some((attempts, item)))
}

#[async_trait]
impl Store for FileStore {
    async fn put_new(&self, key: &str, new: &[u8], ttl: Duration) -> Result<Option<Vec<u8>>, StoreError> {
        let (key, new) = (key.to_owned(), new.to_owned());
        self.write(move |write| {
            let found = value(&write.open_table(VALUES)?, &key)?;
            if found.is_none() {
                put(write, &key, &new, ttl)?;
            }
            Ok(found)
        })
        .await
    }

    async fn put(&self, key: &str, value: &[u8], ttl: Duration) -> Result<(), StoreError> {
        let (key, value) = (key.to_owned(), value.to_owned());
        self.write(move |write| put(write, &key, &value, ttl)).await
    }

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let key = key.to_owned();
        self.blocking(move |database| value(&database.begin_read()?.open_table(VALUES)?, &key)).await
    }

    async fn take(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let key = key.to_owned();
        self.write(move |write| remove(write, &key)).await
    }

    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        self.take(key).await.map(|_| ())
    }

    async fn keys(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        let prefix = prefix.to_owned();
        self.blocking(move |database| {
            let values = database.begin_read()?.open_table(VALUES)?;
            let mut keys = Vec::new();
            for entry in values.range(prefix.as_str()..)? {
                let (key, value) = entry?;
                if !key.value().starts_with(&prefix) {
                    break;
                }
                if value.value().0 > now() {
                    keys.push(key.value().to_owned());
                }
            }
            Ok(keys)
        })
        .await
    }

    async fn push(&self, queue: &str, item: &[u8], delay: Duration) -> Result<String, StoreError> {
        let (queue, item) = (queue.to_owned(), item.to_owned());
        self.write(move |write| {
            let mut counters = write.open_table(COUNTERS)?;
            let id = counters.get("last item")?.map_or(0, |id| id.value()) + 1;
            counters.insert("last item", id)?;
            let ready = after(delay);
            write.open_table(ITEMS)?.insert((queue.as_str(), id), (ready, 0, &item[..]))?;
            write.open_table(READY)?.insert((queue.as_str(), ready, id), ())?;
            Ok(id.to_string())
        })
        .await
    }

    async fn claim(&self, queue: &str, lease: Duration) -> Result<Option<QueueItem>, StoreError> {
        let queue = queue.to_owned();
        // The queue is usually empty, and a write transaction would wait for the disk.
        let name = queue.clone();
        let ready = self
            .blocking(move |database| {
                let ready = database.begin_read()?.open_table(READY)?;
                Ok(ready.range((name.as_str(), 0, 0)..=(name.as_str(), now(), u64::MAX))?.next().is_some())
            })
            .await?;
        if !ready {
            return Ok(None);
        }
        self.write(move |write| {
            let queue = queue.as_str();
            let id = {
                let ready = write.open_table(READY)?;
                let mut range = ready.range((queue, 0, 0)..=(queue, now(), u64::MAX))?;
                range.next().transpose()?.map(|(key, _)| key.value().2)
            };
            let Some(id) = id else { return Ok(None) };
            let claimed = reschedule(write, queue, id, after(lease), 1)?;
            Ok(claimed.map(|(attempts, item)| QueueItem { id: id.to_string(), item, attempts }))
        })
        .await
    }

    async fn complete(&self, queue: &str, id: &str) -> Result<(), StoreError> {
        let Ok(id) = id.parse::<u64>() else { return Ok(()) };
        let queue = queue.to_owned();
        self.write(move |write| {
            let ready = write.open_table(ITEMS)?.remove((queue.as_str(), id))?.map(|item| item.value().0);
            if let Some(ready) = ready {
                write.open_table(READY)?.remove((queue.as_str(), ready, id))?;
            }
            Ok(())
        })
        .await
    }

    async fn defer(&self, queue: &str, id: &str, delay: Duration) -> Result<(), StoreError> {
        let Ok(id) = id.parse::<u64>() else { return Ok(()) };
        let queue = queue.to_owned();
        self.write(move |write| reschedule(write, &queue, id, after(delay), 0).map(|_| ())).await
    }

    async fn queue_len(&self, queue: &str) -> Result<usize, StoreError> {
        let queue = queue.to_owned();
        self.blocking(move |database| {
            let items = database.begin_read()?.open_table(ITEMS)?;
            Ok(items.range((queue.as_str(), 0)..=(queue.as_str(), u64::MAX))?.count())
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use redb::ReadableTableMetadata;

    use super::*;

    #[tokio::test]
    async fn expired_values_leave_the_file() {
        let directory = tempfile::tempdir().unwrap();
        let store = FileStore::open(&directory.path().join("state")).unwrap();
        for number in 0..10 {
            store.put(&format!("old/{number}"), b"x", Duration::ZERO).await.unwrap();
        }
        let written = now();
        while now() <= written {
            tokio::task::yield_now().await;
        }
        store.put("new", b"x", Duration::from_secs(60)).await.unwrap();
        let left = store
            .blocking(|database| {
                let read = database.begin_read()?;
                Ok((read.open_table(VALUES)?.len()?, read.open_table(EXPIRIES)?.len()?))
            })
            .await
            .unwrap();
        assert_eq!(left, (1, 1));
    }
}
