//! Writes archives whose bytes depend only on their entries and a single timestamp.

mod entry;
mod gzip;
mod tar;
mod zip;

pub(crate) use entry::{ArchiveEntry, EntryKind};
pub(crate) use gzip::gzip;
pub(crate) use tar::tar;
pub(crate) use zip::zip;
