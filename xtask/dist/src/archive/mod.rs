//! Archives whose bytes depend on nothing but their entries and one time.

mod entry;
mod gzip;
mod tar;
mod zip;

pub(crate) use entry::{ArchiveEntry, EntryKind};
pub(crate) use gzip::gzip;
pub(crate) use tar::tar;
pub(crate) use zip::zip;
