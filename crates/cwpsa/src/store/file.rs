//! A store in a file of this machine, for one server that is to forget nothing when it restarts. What is written is
//! on the disk before the caller goes on. The file belongs to one process at a time.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use redb::{Database, ReadableTable, TableDefinition, WriteTransaction};

use super::{Claimed, Error, Store};

/// A key to when its value runs out, in milliseconds of the Unix clock, and the value.
const VALUES: TableDefinition<'_, &str, (u64, &[u8])> = TableDefinition::new("values");
/// When values run out, and their keys.
const ENDS: TableDefinition<'_, (u64, &str), ()> = TableDefinition::new("ends");
/// Queue and id to when the item is ready, how often it was handed out, and the item.
const ITEMS: TableDefinition<'_, (&str, u64), (u64, u32, &[u8])> = TableDefinition::new("items");
/// Queue, when an item is ready, and its id.
const READY: TableDefinition<'_, (&str, u64, u64), ()> = TableDefinition::new("ready");
/// Numbers of the store.
const FACTS: TableDefinition<'_, &str, u64> = TableDefinition::new("facts");
/// The most values that ran out which one write removes, so that none takes long.
const MOST_REMOVED: usize = 64;

/// Values and queues in a file.
#[derive(Clone)]
pub struct File {
    database: Arc<Database>,
    place: Arc<str>,
}

impl std::fmt::Debug for File {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("File").field(&self.place).finish()
    }
}

/// What the database said. Its own error is large, and nothing is told by it but its text.
struct Failed(String);

impl<E: std::error::Error> From<E> for Failed {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

impl File {
    /// Opens or makes the file, readable by its owner alone.
    ///
    /// # Errors
    /// The file can't be had, is no store, or another process has it open.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let place: Arc<str> = path.display().to_string().into();
        let open = || -> Result<Database, Failed> {
            let mut options = std::fs::OpenOptions::new();
            options.read(true).write(true).create(true).truncate(false);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            drop(options.open(path)?);
            let database = Database::create(path)?;
            let write = database.begin_write()?;
            write.open_table(VALUES)?;
            write.open_table(ENDS)?;
            write.open_table(ITEMS)?;
            write.open_table(READY)?;
            write.open_table(FACTS)?;
            write.commit()?;
            Ok(database)
        };
        let database = open().map_err(|Failed(message)| Error::new(&*place, message))?;
        Ok(Self { database: Arc::new(database), place })
    }

    /// Does work that waits for the disk on a thread that may wait.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Database) -> Result<T, Failed> + Send + 'static,
    ) -> Result<T, Error> {
        let database = Arc::clone(&self.database);
        let result = tokio::task::spawn_blocking(move || work(&database)).await;
        let result = result.unwrap_or_else(|error| Err(Failed(error.to_string())));
        result.map_err(|Failed(message)| Error::new(&*self.place, message))
    }

    /// The same with changes, which are written all or not at all.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&WriteTransaction) -> Result<T, Failed> + Send + 'static,
    ) -> Result<T, Error> {
        self.work(move |database| {
            let write = database.begin_write()?;
            let result = work(&write)?;
            write.commit()?;
            Ok(result)
        })
        .await
    }
}

fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_millis()).unwrap_or(u64::MAX)
}

fn after(time: Duration) -> u64 {
    now().saturating_add(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}

/// The value of a key, unless it ran out.
fn value(
    table: &impl ReadableTable<&'static str, (u64, &'static [u8])>,
    key: &str,
) -> Result<Option<Vec<u8>>, Failed> {
    let found = table.get(key)?;
    let found = found.as_ref().map(|found| found.value());
    Ok(found.filter(|(end, _)| *end > now()).map(|(_, value)| value.to_owned()))
}

fn remove(write: &WriteTransaction, key: &str) -> Result<Option<Vec<u8>>, Failed> {
    let mut values = write.open_table(VALUES)?;
    let Some((end, value)) = values.remove(key)?.map(|found| {
        let (end, value) = found.value();
        (end, value.to_owned())
    }) else {
        return Ok(None);
    };
    write.open_table(ENDS)?.remove((end, key))?;
    Ok((end > now()).then_some(value))
}

fn put(write: &WriteTransaction, key: &str, value: &[u8], keep: Duration) -> Result<(), Failed> {
    let ran_out: Vec<String> = {
        let ends = write.open_table(ENDS)?;
        let range = ends.range(..(now(), ""))?.take(MOST_REMOVED);
        range.map(|entry| Ok(entry?.0.value().1.to_owned())).collect::<Result<_, Failed>>()?
    };
    for key in ran_out {
        remove(write, &key)?;
    }
    remove(write, key)?;
    let end = after(keep);
    write.open_table(VALUES)?.insert(key, (end, value))?;
    write.open_table(ENDS)?.insert((end, key), ())?;
    Ok(())
}

/// Sets when an item is ready next, counts a claim if it is one, and gives the item.
fn put_off(
    write: &WriteTransaction,
    queue: &str,
    id: u64,
    until: u64,
    claims: u32,
) -> Result<Option<(u32, Vec<u8>)>, Failed> {
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
impl Store for File {
    async fn put_new(&self, key: &str, new: &[u8], keep: Duration) -> Result<Option<Vec<u8>>, Error> {
        let (key, new) = (key.to_owned(), new.to_owned());
        self.write(move |write| {
            let found = value(&write.open_table(VALUES)?, &key)?;
            if found.is_none() {
                put(write, &key, &new, keep)?;
            }
            Ok(found)
        })
        .await
    }

    async fn put(&self, key: &str, value: &[u8], keep: Duration) -> Result<(), Error> {
        let (key, value) = (key.to_owned(), value.to_owned());
        self.write(move |write| put(write, &key, &value, keep)).await
    }

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        let key = key.to_owned();
        self.work(move |database| value(&database.begin_read()?.open_table(VALUES)?, &key)).await
    }

    async fn take(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        let key = key.to_owned();
        self.write(move |write| remove(write, &key)).await
    }

    async fn remove(&self, key: &str) -> Result<(), Error> {
        self.take(key).await.map(|_| ())
    }

    async fn keys(&self, prefix: &str) -> Result<Vec<String>, Error> {
        let prefix = prefix.to_owned();
        self.work(move |database| {
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

    async fn push(&self, queue: &str, item: &[u8], ready_after: Duration) -> Result<String, Error> {
        let (queue, item) = (queue.to_owned(), item.to_owned());
        self.write(move |write| {
            let mut facts = write.open_table(FACTS)?;
            let id = facts.get("last item")?.map_or(0, |id| id.value()) + 1;
            facts.insert("last item", id)?;
            let ready = after(ready_after);
            write.open_table(ITEMS)?.insert((queue.as_str(), id), (ready, 0, &item[..]))?;
            write.open_table(READY)?.insert((queue.as_str(), ready, id), ())?;
            Ok(id.to_string())
        })
        .await
    }

    async fn claim(&self, queue: &str, lease: Duration) -> Result<Option<Claimed>, Error> {
        let queue = queue.to_owned();
        // A look before a write: most often there is nothing, and a write waits for the disk.
        let name = queue.clone();
        let ready = self
            .work(move |database| {
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
            let claimed = put_off(write, queue, id, after(lease), 1)?;
            Ok(claimed.map(|(attempts, item)| Claimed { id: id.to_string(), item, attempts }))
        })
        .await
    }

    async fn done(&self, queue: &str, id: &str) -> Result<(), Error> {
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

    async fn again(&self, queue: &str, id: &str, time: Duration) -> Result<(), Error> {
        let Ok(id) = id.parse::<u64>() else { return Ok(()) };
        let queue = queue.to_owned();
        self.write(move |write| put_off(write, &queue, id, after(time), 0).map(|_| ())).await
    }

    async fn len(&self, queue: &str) -> Result<usize, Error> {
        let queue = queue.to_owned();
        self.work(move |database| {
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
    use crate::store::contract;

    #[tokio::test]
    async fn it_keeps_the_contract() {
        let directory = tempfile::tempdir().unwrap();
        contract::check(Arc::new(File::open(&directory.path().join("state")).unwrap())).await;
    }

    #[tokio::test]
    async fn nothing_is_lost_when_it_is_opened_again() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state");
        let minute = Duration::from_secs(60);
        {
            let store = File::open(&path).unwrap();
            store.put("key", b"value", minute).await.unwrap();
            store.push("q", b"first", Duration::ZERO).await.unwrap();
            store.push("q", b"second", Duration::ZERO).await.unwrap();
            store.claim("q", Duration::ZERO).await.unwrap().unwrap();
            let error = File::open(&path).unwrap_err().to_string();
            assert!(error.starts_with(path.to_str().unwrap()) && error.contains("already open"), "{error}");
        }
        let store = File::open(&path).unwrap();
        assert_eq!(store.get("key").await.unwrap().as_deref(), Some(&b"value"[..]));
        assert_eq!(store.len("q").await.unwrap(), 2);
        let items = [store.claim("q", minute).await.unwrap(), store.claim("q", minute).await.unwrap()];
        let mut items: Vec<_> =
            items.into_iter().flatten().map(|claimed| (claimed.item, claimed.attempts)).collect();
        items.sort_unstable();
        assert_eq!(items, [(b"first".to_vec(), 2), (b"second".to_vec(), 1)]);
        assert_ne!(store.push("q", b"third", Duration::ZERO).await.unwrap(), "1", "ids are not used twice");
    }

    #[tokio::test]
    async fn what_ran_out_leaves_the_file() {
        let directory = tempfile::tempdir().unwrap();
        let store = File::open(&directory.path().join("state")).unwrap();
        for number in 0..10 {
            store.put(&format!("old/{number}"), b"x", Duration::ZERO).await.unwrap();
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
        store.put("new", b"x", Duration::from_secs(60)).await.unwrap();
        let left = store
            .work(|database| {
                let read = database.begin_read()?;
                Ok((read.open_table(VALUES)?.len()?, read.open_table(ENDS)?.len()?))
            })
            .await
            .unwrap();
        assert_eq!(left, (1, 1));
    }

    #[test]
    fn a_file_that_is_no_store_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "some text of somebody else").unwrap();
        assert!(File::open(file.path()).is_err());
        assert_eq!(std::fs::read_to_string(file.path()).unwrap(), "some text of somebody else");
        assert!(
            File::open(Path::new("/nowhere/state")).unwrap_err().to_string().starts_with("/nowhere/state: ")
        );
    }
}
