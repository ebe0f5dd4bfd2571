//! The database file: what was written since the tenant began. Seed records and made up ones are not in it;
//! they are made again at each start, with dates counted from the day the tenant began, and what the file
//! says of a record goes before them. A write is answered after the database has it on the disk.

use std::path::Path;

use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};

/// Why the database can't be used. The database's own error is large, and nothing is told by it but its text.
pub(crate) struct Failed(pub(crate) String);

impl<E: std::error::Error> From<E> for Failed {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// `template id` to the record as JSON with its parent; empty for a deleted record.
const RECORDS: TableDefinition<'_, (&str, i64), &[u8]> = TableDefinition::new("records");
/// The path to name, media type and bytes of a file.
const FILES: TableDefinition<'_, &str, (&str, &str, &[u8])> = TableDefinition::new("files");
/// Facts about the tenant.
const FACTS: TableDefinition<'_, &str, i64> = TableDefinition::new("facts");

/// An open database.
pub(crate) struct Disk {
    database: Database,
}

/// Something to be written.
pub(crate) enum Entry {
    /// A record by template and id; none is one that was deleted.
    Record { template: &'static str, id: i64, text: Option<Vec<u8>> },
    /// A file by path.
    File { path: String, file: Option<super::File> },
}

impl Disk {
    /// Opens or makes the file.
    pub(crate) fn open(path: &Path) -> Result<Self, Failed> {
        let database = Database::create(path)?;
        let write = database.begin_write()?;
        write.open_table(RECORDS)?;
        write.open_table(FILES)?;
        write.open_table(FACTS)?;
        write.commit()?;
        Ok(Self { database })
    }

    /// When the tenant began, which is `now` for a new file.
    pub(crate) fn began(&self, now: i64) -> Result<i64, Failed> {
        let write = self.database.begin_write()?;
        let began = {
            let mut facts = write.open_table(FACTS)?;
            let known = facts.get("began")?.map(|value| value.value());
            match known {
                Some(began) => began,
                None => {
                    facts.insert("began", now)?;
                    now
                }
            }
        };
        write.commit()?;
        Ok(began)
    }

    /// Writes all entries or none, and returns when they are on the disk.
    pub(crate) fn write(&self, entries: &[Entry]) -> Result<(), Failed> {
        let write = self.database.begin_write()?;
        {
            let mut records = write.open_table(RECORDS)?;
            let mut files = write.open_table(FILES)?;
            for entry in entries {
                match entry {
                    Entry::Record { template, id, text } => {
                        records.insert((*template, *id), text.as_deref().unwrap_or_default())?;
                    }
                    Entry::File { path, file: Some(file) } => {
                        files.insert(
                            path.as_str(),
                            (file.name.as_str(), file.media_type.as_str(), &file.bytes[..]),
                        )?;
                    }
                    Entry::File { path, file: None } => {
                        files.remove(path.as_str())?;
                    }
                }
            }
        }
        write.commit()?;
        Ok(())
    }

    /// Tells all records that the file has: template, id, text; empty text is a deleted record.
    pub(crate) fn records(&self, mut each: impl FnMut(&str, i64, &[u8])) -> Result<(), Failed> {
        let read = self.database.begin_read()?;
        for item in read.open_table(RECORDS)?.iter()? {
            let (key, value) = item?;
            let (template, id) = key.value();
            each(template, id, value.value());
        }
        Ok(())
    }

    /// Tells all files.
    pub(crate) fn files(&self, mut each: impl FnMut(&str, super::File)) -> Result<(), Failed> {
        let read = self.database.begin_read()?;
        for item in read.open_table(FILES)?.iter()? {
            let (path, file) = item?;
            let (name, media_type, bytes) = file.value();
            let bytes = bytes::Bytes::copy_from_slice(bytes);
            each(
                path.value(),
                super::File { name: name.to_owned(), media_type: media_type.to_owned(), bytes },
            );
        }
        Ok(())
    }
}
