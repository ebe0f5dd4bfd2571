//! The database file, which stores everything written since the tenant was created.
//!
//! Seed records and generated records aren't in the file; they are recreated at each start, with dates relative to the
//! day on which the tenant was created. Records in the file take precedence. A write is acknowledged only once it is on
//! disk.

use std::fs::OpenOptions;
use std::path::Path;

use redb::backends::FileBackend;
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};

use super::file::StoredFile;

/// The reason why the database file can't be used. Contains the text of redb's own error, which is large.
#[derive(Debug)]
pub(crate) struct DatabaseError(pub(crate) String);

impl<E: std::error::Error> From<E> for DatabaseError {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// Maps template and ID to the record as JSON with its parent; empty for a deleted record.
const RECORDS: TableDefinition<'_, (&str, i64), &[u8]> = TableDefinition::new("records");
/// Maps a path to a file's name, media type and bytes.
const FILES: TableDefinition<'_, &str, (&str, &str, &[u8])> = TableDefinition::new("files");
/// Tenant properties, such as when it was created.
const FACTS: TableDefinition<'_, &str, i64> = TableDefinition::new("facts");

/// An open database.
pub(crate) struct RecordDatabase {
    database: Database,
}

/// A change to be written.
pub(crate) enum DatabaseEntry {
    /// A record by collection template and ID; without text, the record was deleted.
    Record { template: &'static str, id: i64, text: Option<Vec<u8>> },
    /// A file by path.
    File { path: String, file: Option<StoredFile> },
}

/// Returns the error for a file that can't be opened, with advice.
fn open_error(error: redb::DatabaseError) -> DatabaseError {
    match error {
        redb::DatabaseError::UpgradeRequired(version) => DatabaseError(format!(
            "expected a data file in the current format, found an older format (redb file format {version}); \
             move the file to start with a new tenant, or keep running the older release"
        )),
        error => error.into(),
    }
}

impl RecordDatabase {
    /// Opens the file, creating it if necessary.
    pub(crate) fn open(path: &Path) -> Result<Self, DatabaseError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        // Records can contain personal data, so a new file is readable only by its owner.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let backend = FileBackend::new(options.open(path)?)?;
        let database = Database::builder().create_with_backend(backend).map_err(open_error)?;
        let write = database.begin_write()?;
        write.open_table(RECORDS)?;
        write.open_table(FILES)?;
        write.open_table(FACTS)?;
        write.commit()?;
        Ok(Self { database })
    }

    /// Returns when the tenant was created, which is `now` for a new file.
    pub(crate) fn created_at(&self, now: i64) -> Result<i64, DatabaseError> {
        let write = self.database.begin_write()?;
        let created_at = {
            let mut facts = write.open_table(FACTS)?;
            let stored = facts.get("began")?.map(|value| value.value());
            match stored {
                Some(moment) => moment,
                None => {
                    facts.insert("began", now)?;
                    now
                }
            }
        };
        write.commit()?;
        Ok(created_at)
    }

    /// Writes all entries atomically, and returns once they are on disk.
    pub(crate) fn write(&self, entries: &[DatabaseEntry]) -> Result<(), DatabaseError> {
        let write = self.database.begin_write()?;
        {
            let mut records = write.open_table(RECORDS)?;
            let mut files = write.open_table(FILES)?;
            for entry in entries {
                match entry {
                    DatabaseEntry::Record { template, id, text } => {
                        records.insert((*template, *id), text.as_deref().unwrap_or_default())?;
                    }
                    DatabaseEntry::File { path, file: Some(file) } => {
                        files.insert(
                            path.as_str(),
                            (file.name.as_str(), file.media_type.as_str(), &file.bytes[..]),
                        )?;
                    }
                    DatabaseEntry::File { path, file: None } => {
                        files.remove(path.as_str())?;
                    }
                }
            }
        }
        write.commit()?;
        Ok(())
    }

    /// Visits all records: template, ID, text. Empty text marks a deleted record.
    pub(crate) fn records(&self, mut each: impl FnMut(&str, i64, &[u8])) -> Result<(), DatabaseError> {
        let read = self.database.begin_read()?;
        for item in read.open_table(RECORDS)?.iter()? {
            let (key, value) = item?;
            let (template, id) = key.value();
            each(template, id, value.value());
        }
        Ok(())
    }

    /// Visits all files.
    pub(crate) fn files(&self, mut each: impl FnMut(&str, StoredFile)) -> Result<(), DatabaseError> {
        let read = self.database.begin_read()?;
        for item in read.open_table(FILES)?.iter()? {
            let (path, file) = item?;
            let (name, media_type, bytes) = file.value();
            let bytes = bytes::Bytes::copy_from_slice(bytes);
            each(
                path.value(),
                StoredFile { name: name.to_owned(), media_type: media_type.to_owned(), bytes },
            );
        }
        Ok(())
    }
}
