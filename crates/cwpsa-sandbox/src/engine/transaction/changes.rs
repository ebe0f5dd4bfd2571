//! Records a request's changes to the tenant, with savepoints, rollback and commit, and the events that result from
//! these changes.

use serde_json::{Map, Value, json};

use crate::api::{CollectionId, api};
use crate::connectwise::date;
use crate::connectwise::error::ApiError;
use crate::connectwise::fields::{self, AuditStamp};
use crate::engine::store::{
    DatabaseEntry, RecordDatabase, RecordObject, RecordValue, StoredFile, StoredRow, TenantState,
};
use crate::engine::synthetic::ensure_table;
use crate::message::{ChangeEvent, RecordChangeKind};

/// The changes of a single request: either all of them are committed, or none.
pub(crate) struct Transaction<'a> {
    pub(crate) state: &'a mut TenantState,
    /// Seconds since 1970.
    pub(crate) now: i64,
    /// The identifier of the member who makes the changes.
    pub(crate) member: &'a str,
    /// True if references to nonexistent records are rejected.
    pub(crate) strict_references: bool,
    undo_log: Vec<UndoEntry>,
    events: Vec<ChangeEvent>,
}

/// A position in a transaction's changes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Savepoint {
    changes: usize,
    events: usize,
}

/// The state before a change.
enum UndoEntry {
    Record { collection: CollectionId, id: i64, before: Option<StoredRow> },
    File { path: String, before: Option<StoredFile> },
}

impl<'a> Transaction<'a> {
    pub(crate) fn new(state: &'a mut TenantState, now: i64, member: &'a str) -> Self {
        Self { state, now, member, strict_references: true, undo_log: Vec::new(), events: Vec::new() }
    }

    /// Returns the current time in the API's format.
    pub(crate) fn date(&self) -> String {
        date::format(self.now)
    }

    /// Returns the collection with this template, creating its table if necessary.
    ///
    /// # Errors
    /// Returns a 500 if the catalog has no such collection, which is a bug in the rule that uses it.
    pub(crate) fn collection(&mut self, template: &str) -> Result<CollectionId, ApiError> {
        let found = api().collection_id(template);
        let collection = found.ok_or_else(|| ApiError::general(500, format!("no collection {template}")))?;
        self.ensure(collection);
        Ok(collection)
    }

    /// Creates the collection's table, with generated records, unless it exists.
    pub(crate) fn ensure(&mut self, collection: CollectionId) {
        ensure_table(self.state, collection);
    }

    /// Returns a copy of a record.
    pub(crate) fn get(&mut self, collection: CollectionId, id: i64) -> Option<Map<String, Value>> {
        self.ensure(collection);
        self.state.value(collection, id)
    }

    /// Returns a copy of a record, or the API's 404.
    pub(crate) fn get_or_404(
        &mut self,
        collection: CollectionId,
        id: i64,
    ) -> Result<Map<String, Value>, ApiError> {
        let found = self.get(collection, id);
        found.ok_or_else(|| ApiError::not_found(&api().collection(collection).noun(), &id.to_string()))
    }

    /// Returns the IDs of a parent's records.
    pub(crate) fn children_of(&mut self, collection: CollectionId, parent: i64) -> Vec<i64> {
        self.ensure(collection);
        self.state.table(collection).map(|table| table.children_of(parent).to_vec()).unwrap_or_default()
    }

    /// Returns the IDs of the records that satisfy a predicate.
    pub(crate) fn find(
        &mut self,
        collection: CollectionId,
        predicate: impl Fn(&RecordObject) -> bool,
    ) -> Vec<i64> {
        self.ensure(collection);
        let rows = self.state.table(collection).map(|table| table.rows()).unwrap_or_default();
        rows.iter().filter(|row| predicate(&row.record)).map(|row| row.id).collect()
    }

    /// Returns the record to which others refer by default: the one with the default flag, or else the first.
    pub(crate) fn default_row(&self, target: CollectionId, parent: Option<i64>) -> Option<StoredRow> {
        let rows = self.state.table(target)?.rows();
        let candidate = |row: &&StoredRow| parent.is_none_or(|parent| row.parent == parent);
        let flagged =
            |row: &&StoredRow| row.record.get(fields::DEFAULT_FLAG) == Some(&RecordValue::Boolean(true));
        rows.iter().filter(candidate).find(flagged).or_else(|| rows.iter().find(candidate)).cloned()
    }

    /// Stores a new record unchanged, and returns its ID.
    pub(crate) fn insert(
        &mut self,
        collection: CollectionId,
        parent: i64,
        mut fields: Map<String, Value>,
    ) -> i64 {
        self.ensure(collection);
        let id = self.state.table_mut(collection).next_id();
        let mut record = Map::new();
        record.insert("id".to_owned(), api().collection(collection).resource().id(id));
        fields.shift_remove("id");
        record.append(&mut fields);
        fields::stamp_created(&mut record, AuditStamp { date: &self.date(), member: self.member });
        self.put(collection, id, parent, &record);
        self.emit(RecordChangeKind::Added, collection, id, record);
        id
    }

    /// Stores a new attachment with the ID of the attached record, and returns its row ID.
    pub(crate) fn insert_attachment(
        &mut self,
        collection: CollectionId,
        parent: i64,
        mut record: Map<String, Value>,
    ) -> i64 {
        let row = self.state.table_mut(collection).next_id();
        fields::stamp_created(&mut record, AuditStamp { date: &self.date(), member: self.member });
        self.put(collection, row, parent, &record);
        let id = record.get("id").and_then(Value::as_i64).unwrap_or(row);
        self.emit(RecordChangeKind::Added, collection, id, record);
        row
    }

    /// Stores a record that is part of its parent under an existing ID. This isn't a separate change.
    pub(crate) fn put_child(
        &mut self,
        collection: CollectionId,
        id: i64,
        parent: i64,
        mut record: Map<String, Value>,
    ) {
        if let Some(info) =
            self.state.value(collection, id).and_then(|mut before| before.remove(fields::INFO))
        {
            record.insert(fields::INFO.to_owned(), info);
        } else {
            fields::stamp_created(&mut record, AuditStamp { date: &self.date(), member: self.member });
        }
        self.put(collection, id, parent, &record);
    }

    /// Stores a changed record without updating audit fields or emitting an event.
    pub(crate) fn replace_unnoticed(
        &mut self,
        collection: CollectionId,
        id: i64,
        record: &Map<String, Value>,
    ) {
        if let Some(parent) = self.state.row(collection, id).map(|row| row.parent) {
            self.put(collection, id, parent, record);
        }
    }

    /// Stores a changed record.
    pub(crate) fn update(&mut self, collection: CollectionId, id: i64, mut record: Map<String, Value>) {
        let Some(parent) = self.state.row(collection, id).map(|row| row.parent) else { return };
        fields::stamp_updated(&mut record, AuditStamp { date: &self.date(), member: self.member });
        self.put(collection, id, parent, &record);
        self.emit(RecordChangeKind::Updated, collection, id, record);
    }

    /// Changes some of a record's fields; null removes a field.
    pub(crate) fn set(
        &mut self,
        collection: CollectionId,
        id: i64,
        changed: impl IntoIterator<Item = (&'static str, Value)>,
    ) {
        let Some(mut record) = self.get(collection, id) else { return };
        record.extend(changed.into_iter().map(|(name, value)| (name.to_owned(), value)));
        self.update(collection, id, record);
    }

    /// Stores a record without updating audit fields or emitting an event.
    pub(super) fn put(
        &mut self,
        collection: CollectionId,
        id: i64,
        parent: i64,
        record: &Map<String, Value>,
    ) {
        let before = self.state.put(collection, id, parent, false, record);
        self.undo_log.push(UndoEntry::Record { collection, id, before });
    }

    /// Removes a record and everything nested below it.
    pub(crate) fn remove(&mut self, collection: CollectionId, id: i64) {
        let nested: Vec<(CollectionId, Vec<i64>)> = self
            .state
            .collections()
            .filter(|other| api().collection(*other).parents.last() == Some(&Some(collection)))
            .map(|other| {
                let ids = self.state.table(other).map(|table| table.children_of(id).to_vec());
                (other, ids.unwrap_or_default())
            })
            .collect();
        for (other, ids) in nested {
            ids.into_iter().for_each(|id| self.remove(other, id));
        }
        let Some(row) = self.state.table_mut(collection).remove(id) else { return };
        let record = row.record.to_json();
        self.undo_log.push(UndoEntry::Record { collection, id, before: Some(row) });
        self.emit(RecordChangeKind::Deleted, collection, id, record);
    }

    /// Stores a file under its download path.
    pub(crate) fn put_file(&mut self, path: String, file: StoredFile) {
        let before = self.state.files.insert(path.clone(), file);
        self.undo_log.push(UndoEntry::File { path, before });
    }

    fn emit(
        &mut self,
        kind: RecordChangeKind,
        collection: CollectionId,
        id: i64,
        record: Map<String, Value>,
    ) {
        let collection = api().collection(collection).path.to_owned();
        self.events.push(ChangeEvent { kind, collection, id, record: Value::Object(record) });
    }

    /// Returns a savepoint for [`rollback_to`](Self::rollback_to).
    pub(crate) fn savepoint(&self) -> Savepoint {
        Savepoint { changes: self.undo_log.len(), events: self.events.len() }
    }

    /// Undoes all changes since a savepoint.
    pub(crate) fn rollback_to(&mut self, savepoint: Savepoint) {
        self.events.truncate(savepoint.events);
        for entry in self.undo_log.drain(savepoint.changes..).rev() {
            match entry {
                UndoEntry::Record { collection, before: Some(row), .. } => {
                    self.state.put_row(collection, row);
                }
                UndoEntry::Record { collection, id, before: None } => {
                    self.state.table_mut(collection).remove(id);
                }
                UndoEntry::File { path, before: Some(file) } => {
                    self.state.files.insert(path, file);
                }
                UndoEntry::File { path, before: None } => {
                    self.state.files.remove(&path);
                }
            }
        }
    }

    /// Undoes all changes.
    pub(crate) fn rollback(mut self) {
        self.rollback_to(Savepoint::default());
    }

    /// Writes all changes to the database, if there is one, and returns the events to emit.
    ///
    /// # Errors
    /// Returns a 500 if the database fails. All changes are then undone.
    pub(crate) fn commit(self, database: Option<&RecordDatabase>) -> Result<Vec<ChangeEvent>, ApiError> {
        let Some(database) = database.filter(|_| !self.undo_log.is_empty()) else { return Ok(self.events) };
        let entries: Vec<DatabaseEntry> = self.undo_log.iter().map(|entry| self.to_database(entry)).collect();
        match database.write(&entries) {
            Ok(()) => Ok(self.events),
            Err(error) => {
                self.rollback();
                Err(ApiError::not_stored(&error.0))
            }
        }
    }

    fn to_database(&self, entry: &UndoEntry) -> DatabaseEntry {
        match entry {
            UndoEntry::Record { collection, id, .. } => {
                let row = self.state.row(*collection, *id);
                let text = row.map(|row| {
                    json!({"parent": row.parent, "record": row.record.to_json()}).to_string().into_bytes()
                });
                DatabaseEntry::Record { template: api().collection(*collection).template, id: *id, text }
            }
            UndoEntry::File { path, .. } => {
                DatabaseEntry::File { path: path.clone(), file: self.state.files.get(path).cloned() }
            }
        }
    }
}
