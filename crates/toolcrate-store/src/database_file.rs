//! A redb file that is reopened after a failure. Once the disk has been full or has failed, redb rejects every
//! operation, even after space becomes available again.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use redb::{Database, DatabaseError};

/// The message of a redb error. The error itself is large, and only its message is used.
pub(crate) struct DatabaseFileError(pub(crate) String);

impl<E: std::error::Error> From<E> for DatabaseFileError {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// Opens the database initially or after a failure.
type OpenDatabase = dyn Fn() -> Result<Database, DatabaseFileError> + Send + Sync;

/// A redb file.
pub(crate) struct DatabaseFile {
    open: Box<OpenDatabase>,
    /// `None` if the file couldn't be reopened.
    database: RwLock<Option<Database>>,
    has_failed: AtomicBool,
}

impl DatabaseFile {
    /// Opens a database with `open`, which is called again after each failure.
    pub(crate) fn new(
        open: impl Fn() -> Result<Database, DatabaseFileError> + Send + Sync + 'static,
    ) -> Result<Self, DatabaseFileError> {
        let database = RwLock::new(Some(open()?));
        Ok(Self { open: Box::new(open), database, has_failed: AtomicBool::new(false) })
    }

    /// Runs `work`. If the previous call failed, the file is reopened first.
    pub(crate) fn run<T>(
        &self,
        work: impl FnOnce(&Database) -> Result<T, DatabaseFileError>,
    ) -> Result<T, DatabaseFileError> {
        if self.has_failed.load(Ordering::Acquire) {
            self.reopen()?;
        }
        let result = match &*self.read() {
            Some(database) => work(database),
            None => Err(DatabaseFileError("can't reopen the file".to_owned())),
        };
        if result.is_err() {
            self.has_failed.store(true, Ordering::Release);
        }
        result
    }

    fn reopen(&self) -> Result<(), DatabaseFileError> {
        // No code changes the option while holding the lock, so a panic leaves it consistent.
        let mut database = self.database.write().unwrap_or_else(PoisonError::into_inner);
        if !self.has_failed.load(Ordering::Acquire) {
            return Ok(());
        }
        // The file must be closed first, because it is locked while open.
        *database = None;
        *database = Some((self.open)()?);
        self.has_failed.store(false, Ordering::Release);
        Ok(())
    }

    fn read(&self) -> RwLockReadGuard<'_, Option<Database>> {
        self.database.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Opens a file, creating it with owner-only permissions if it doesn't exist.
pub(crate) fn open(path: &Path) -> Result<Database, DatabaseFileError> {
    let mut options = std::fs::OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    drop(options.open(path)?);
    Database::create(path).map_err(open_failure)
}

/// Returns the error for a file that can't be opened, with advice.
fn open_failure(error: DatabaseError) -> DatabaseFileError {
    match error {
        DatabaseError::UpgradeRequired(version) => DatabaseFileError(format!(
            "expected a state file in the current format, found an older format (redb file format \
             {version}); move the file to start with an empty state, or keep running the older release"
        )),
        error => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io;
    use std::sync::Arc;

    use redb::backends::FileBackend;
    use redb::{ReadableDatabase, StorageBackend, TableDefinition};

    use super::*;

    const TABLE: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("table");

    /// A simulated disk that can be full.
    #[derive(Debug)]
    struct Disk {
        file: FileBackend,
        is_full: Arc<AtomicBool>,
    }

    impl Disk {
        fn check(&self) -> io::Result<()> {
            match self.is_full.load(Ordering::SeqCst) {
                true => Err(io::ErrorKind::StorageFull.into()),
                false => Ok(()),
            }
        }
    }

    impl StorageBackend for Disk {
        fn len(&self) -> io::Result<u64> {
            self.file.len()
        }

        fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
            self.file.read(offset, out)
        }

        fn set_len(&self, len: u64) -> io::Result<()> {
            self.check()?;
            self.file.set_len(len)
        }

        fn sync_data(&self) -> io::Result<()> {
            self.check()?;
            self.file.sync_data()
        }

        fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
            self.check()?;
            self.file.write(offset, data)
        }
    }

    fn insert(database: &Database, key: u64) -> Result<(), DatabaseFileError> {
        let write = database.begin_write()?;
        write.open_table(TABLE)?.insert(key, &[0; 100_000][..])?;
        Ok(write.commit()?)
    }

    fn contains(database: &Database, key: u64) -> Result<bool, DatabaseFileError> {
        Ok(database.begin_read()?.open_table(TABLE)?.get(key)?.is_some())
    }

    #[test]
    fn file_is_used_again_once_the_disk_has_room() {
        let path = tempfile::NamedTempFile::new().unwrap().into_temp_path();
        let is_full = Arc::new(AtomicBool::new(false));
        let disk = Arc::clone(&is_full);
        let open = move || -> Result<Database, DatabaseFileError> {
            let file = File::options().read(true).write(true).open(&path)?;
            let disk = Disk { file: FileBackend::new(file)?, is_full: Arc::clone(&disk) };
            Ok(Database::builder().create_with_backend(disk)?)
        };
        let Ok(file) = DatabaseFile::new(open) else { panic!("an empty file is opened") };
        assert!(file.run(|database| insert(database, 1)).is_ok());
        is_full.store(true, Ordering::SeqCst);
        for _ in 0..3 {
            assert!(file.run(|database| insert(database, 2)).is_err());
        }
        is_full.store(false, Ordering::SeqCst);
        assert!(file.run(|database| insert(database, 3)).is_ok());
        for (key, is_there) in [(1, true), (2, false), (3, true)] {
            assert!(file.run(|database| contains(database, key)).is_ok_and(|found| found == is_there));
        }
    }
}
