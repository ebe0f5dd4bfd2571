//! A tenant's state: the files, and the records of each collection.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::collection_overrides::CollectionOverrides;
use super::file::StoredFile;
use super::interner::Interner;
use super::table::{CollectionTable, StoredRow};
use super::value::{RecordObject, RecordValue};
use crate::api::{CollectionId, api};

/// Everything a tenant stores.
pub(crate) struct TenantState {
    /// Indexed by collection ID; `None` until the collection is first used.
    tables: Vec<Option<CollectionTable>>,
    pub(crate) interner: Interner,
    /// Uploaded files by the path that returns them.
    pub(crate) files: BTreeMap<String, StoredFile>,
    /// When the tenant was created. Seed record dates are relative to it.
    pub(crate) created_at: i64,
    /// How collections differ from their catalog descriptions.
    pub(crate) overrides: &'static CollectionOverrides,
}

impl TenantState {
    pub(crate) fn new(created_at: i64, overrides: &'static CollectionOverrides) -> Self {
        let tables = api().collections.iter().map(|_| None).collect();
        Self { tables, interner: Interner::default(), files: BTreeMap::new(), created_at, overrides }
    }

    /// Returns true if the collection has a table.
    pub(crate) fn has_table(&self, id: CollectionId) -> bool {
        self.tables[id.0 as usize].is_some()
    }

    pub(crate) fn table(&self, id: CollectionId) -> Option<&CollectionTable> {
        self.tables[id.0 as usize].as_ref()
    }

    /// Returns the collection's table, creating an empty one if necessary.
    pub(crate) fn table_mut(&mut self, id: CollectionId) -> &mut CollectionTable {
        self.tables[id.0 as usize].get_or_insert_default()
    }

    /// Returns the collections that have a table.
    pub(crate) fn collections(&self) -> impl Iterator<Item = CollectionId> {
        let used = self.tables.iter().enumerate().filter(|(_, table)| table.is_some());
        used.filter_map(|(id, _)| u32::try_from(id).ok().map(CollectionId))
    }

    pub(crate) fn row(&self, collection: CollectionId, id: i64) -> Option<&StoredRow> {
        self.table(collection)?.get(id)
    }

    /// Stores a record and returns the row that it replaced.
    pub(crate) fn put(
        &mut self,
        collection: CollectionId,
        id: i64,
        parent: i64,
        synthetic: bool,
        fields: &Map<String, Value>,
    ) -> Option<StoredRow> {
        let record = self.interner.record(fields);
        self.put_row(collection, StoredRow { id, parent, synthetic, record })
    }

    pub(crate) fn put_row(&mut self, collection: CollectionId, row: StoredRow) -> Option<StoredRow> {
        self.table_mut(collection).put(row)
    }

    /// Finds the row that a path parameter identifies: by ID, or else by identifier or name.
    pub(crate) fn find_by_path_value(
        &self,
        collection: CollectionId,
        text: &str,
        parent: Option<i64>,
    ) -> Option<&StoredRow> {
        let table = self.table(collection)?;
        let fits = |row: &&StoredRow| parent.is_none_or(|parent| row.parent == parent);
        if let Ok(id) = text.parse() {
            // Attachment rows have separate IDs.
            if self.overrides.attached(collection).is_some() {
                let id = RecordValue::Integer(id);
                return table.rows().iter().filter(fits).find(|row| row.record.get("id") == Some(&id));
            }
            return table.get(id).filter(fits);
        }
        let has = |row: &&StoredRow, field: &str| {
            let value = row.record.get(field).and_then(RecordValue::as_text);
            value.is_some_and(|value| value.eq_ignore_ascii_case(text))
        };
        ["identifier", "name"]
            .iter()
            .find_map(|field| table.rows().iter().filter(fits).find(|row| has(row, field)))
    }

    /// Returns a copy of the record as JSON.
    pub(crate) fn value(&self, collection: CollectionId, id: i64) -> Option<Map<String, Value>> {
        self.row(collection, id).map(|row| row.record.to_json())
    }

    pub(crate) fn record(&self, collection: CollectionId, id: i64) -> Option<Arc<RecordObject>> {
        self.row(collection, id).map(|row| row.record.clone())
    }
}
