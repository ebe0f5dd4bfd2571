//! Storage: each collection's records in memory, files, and the database file that persists them.

mod collection_overrides;
mod database;
mod file;
mod interner;
mod projection_buffer;
mod render;
mod state;
mod table;
mod value;

pub(crate) use collection_overrides::{CollectionOverrides, CollectionView, ViewTest};
pub(crate) use database::{DatabaseEntry, DatabaseError, RecordDatabase};
pub(crate) use file::StoredFile;
pub(crate) use projection_buffer::ProjectionBuffer;
pub(crate) use render::{LinkContext, prefix_links, render};
pub(crate) use state::TenantState;
pub(crate) use table::StoredRow;
pub(crate) use value::{RecordObject, RecordValue};
