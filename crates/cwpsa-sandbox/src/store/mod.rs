//! What the sandbox knows: the records of each collection, and files.

mod disk;
mod node;
mod pool;
mod probe;
mod render;
mod table;

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Map, Value};

pub(crate) use disk::{Disk, Entry, Failed};
pub(crate) use node::{Node, Object};
pub(crate) use pool::Pool;
pub(crate) use probe::Probe;
pub(crate) use render::{Hrefs, render, rooted};
pub(crate) use table::{Row, Table};

use crate::api::{CollectionId, api};

/// Everything that is stored.
pub(crate) struct State {
    /// By number of the collection; none where it was never looked at.
    tables: Vec<Option<Table>>,
    pub(crate) pool: Pool,
    /// Bytes by the path that answers them.
    pub(crate) files: BTreeMap<String, File>,
    /// When the tenant began: dates of seed records count from here.
    pub(crate) began: i64,
}

/// An uploaded file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) media_type: String,
    pub(crate) bytes: Bytes,
}

impl State {
    pub(crate) fn new(began: i64) -> Self {
        let tables = api().collections.iter().map(|_| None).collect();
        Self { tables, pool: Pool::default(), files: BTreeMap::new(), began }
    }

    pub(crate) fn known(&self, id: CollectionId) -> bool {
        self.tables[id.0 as usize].is_some()
    }

    pub(crate) fn table(&self, id: CollectionId) -> Option<&Table> {
        self.tables[id.0 as usize].as_ref()
    }

    /// The table, made if it wasn't there.
    pub(crate) fn table_mut(&mut self, id: CollectionId) -> &mut Table {
        self.tables[id.0 as usize].get_or_insert_default()
    }

    /// The collections that have a table.
    pub(crate) fn collections(&self) -> impl Iterator<Item = CollectionId> {
        let known = self.tables.iter().enumerate().filter(|(_, table)| table.is_some());
        known.filter_map(|(id, _)| u32::try_from(id).ok().map(CollectionId))
    }

    pub(crate) fn row(&self, collection: CollectionId, id: i64) -> Option<&Row> {
        self.table(collection)?.get(id)
    }

    /// Stores a record, and answers what was there.
    pub(crate) fn put(
        &mut self,
        collection: CollectionId,
        id: i64,
        parent: i64,
        synthetic: bool,
        members: &Map<String, Value>,
    ) -> Option<Row> {
        let record = self.pool.record(members);
        self.put_row(collection, Row { id, parent, synthetic, record })
    }

    pub(crate) fn put_row(&mut self, collection: CollectionId, row: Row) -> Option<Row> {
        self.table_mut(collection).put(row)
    }

    /// The row that a parameter of a path names: by id, and else by identifier or name.
    pub(crate) fn named(&self, collection: CollectionId, text: &str, parent: Option<i64>) -> Option<&Row> {
        let table = self.table(collection)?;
        let fits = |row: &&Row| parent.is_none_or(|parent| row.parent == parent);
        if let Ok(id) = text.parse() {
            return table.get(id).filter(fits);
        }
        let has = |row: &&Row, member: &str| {
            let value = row.record.get(member).and_then(Node::as_text);
            value.is_some_and(|value| value.eq_ignore_ascii_case(text))
        };
        ["identifier", "name"]
            .iter()
            .find_map(|member| table.rows().iter().filter(fits).find(|row| has(row, member)))
    }

    /// The record as JSON.
    pub(crate) fn value(&self, collection: CollectionId, id: i64) -> Option<Map<String, Value>> {
        self.row(collection, id).map(|row| row.record.value())
    }

    pub(crate) fn record(&self, collection: CollectionId, id: i64) -> Option<Arc<Object>> {
        self.row(collection, id).map(|row| row.record.clone())
    }
}
