//! Changing what is stored. A [`Writing`] is one call's changes: they are all kept or all taken back, written
//! to the disk before the call is answered, and told as events afterwards.

mod body;
mod custom_fields;
mod defaults;
mod patch;
mod record;
mod references;
mod uses;

use serde_json::{Map, Value};

use crate::api::{CollectionId, api};
use crate::call::{Action, Event};
use crate::clock;
use crate::problem::Problem;
use crate::seed;
use crate::settings::Settings;
use crate::store::{Disk, Entry, File, Object, Row, State};

pub(crate) use body::{Check, object};
pub(crate) use references::{display, noun, reference};
pub(crate) use uses::uses;

/// One call's changes.
pub(crate) struct Writing<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) settings: &'a Settings,
    /// Seconds since 1970.
    pub(crate) now: i64,
    /// Who writes.
    pub(crate) member: &'a str,
    changes: Vec<Change>,
    events: Vec<Event>,
}

/// What was there before a change.
enum Change {
    Record { collection: CollectionId, id: i64, before: Option<Row> },
    File { path: String, before: Option<File> },
}

impl<'a> Writing<'a> {
    pub(crate) fn new(state: &'a mut State, settings: &'a Settings, now: i64, member: &'a str) -> Self {
        Self { state, settings, now, member, changes: Vec::new(), events: Vec::new() }
    }

    /// The present moment as the API writes it.
    pub(crate) fn date(&self) -> String {
        clock::text(self.now)
    }

    /// The collection with this template, ready to be used.
    ///
    /// # Errors
    /// A 500 if the catalog has no such collection, which is a fault of the rule that asks.
    pub(crate) fn collection(&mut self, template: &str) -> Result<CollectionId, Problem> {
        let found = api().collection(template);
        let collection =
            found.ok_or_else(|| Problem::new(500, "ConnectWiseApi", format!("no collection {template}")))?;
        self.ensure(collection);
        Ok(collection)
    }

    /// Makes the collection's table if it was never looked at.
    pub(crate) fn ensure(&mut self, collection: CollectionId) {
        seed::ensure(self.state, collection);
    }

    pub(crate) fn value(&mut self, collection: CollectionId, id: i64) -> Option<Map<String, Value>> {
        self.ensure(collection);
        self.state.value(collection, id)
    }

    /// The ids under a parent.
    pub(crate) fn under(&mut self, collection: CollectionId, parent: i64) -> Vec<i64> {
        self.ensure(collection);
        self.state.table(collection).map(|table| table.under(parent).to_vec()).unwrap_or_default()
    }

    /// The ids of the records that fit.
    pub(crate) fn matching(&mut self, collection: CollectionId, fits: impl Fn(&Object) -> bool) -> Vec<i64> {
        self.ensure(collection);
        let rows = self.state.table(collection).map(|table| table.rows()).unwrap_or_default();
        rows.iter().filter(|row| fits(&row.record)).map(|row| row.id).collect()
    }

    /// Stores a new record as it is, with the next id, and answers that.
    pub(crate) fn insert(
        &mut self,
        collection: CollectionId,
        parent: i64,
        mut members: Map<String, Value>,
    ) -> i64 {
        self.ensure(collection);
        let id = self.state.table_mut(collection).next_id();
        let mut record = Map::new();
        record.insert("id".to_owned(), api().of(collection).resource().id(id));
        members.shift_remove("id");
        record.append(&mut members);
        let date = Value::from(self.date());
        let by = Value::from(self.member);
        let info = info(&mut record);
        for (name, value) in
            [("lastUpdated", &date), ("updatedBy", &by), ("dateEntered", &date), ("enteredBy", &by)]
        {
            info.insert(name.to_owned(), value.clone());
        }
        self.put(collection, id, parent, &record);
        self.tell(Action::Added, collection, id, record);
        id
    }

    /// Stores a changed record as it is.
    pub(crate) fn update(&mut self, collection: CollectionId, id: i64, mut members: Map<String, Value>) {
        let Some(parent) = self.state.row(collection, id).map(|row| row.parent) else { return };
        let date = self.date();
        let by = self.member.to_owned();
        let info = info(&mut members);
        info.insert("lastUpdated".to_owned(), Value::from(date));
        info.insert("updatedBy".to_owned(), Value::from(by));
        self.put(collection, id, parent, &members);
        self.tell(Action::Updated, collection, id, members);
    }

    /// Changes some members of a record; null takes one away.
    pub(crate) fn set(
        &mut self,
        collection: CollectionId,
        id: i64,
        changed: impl IntoIterator<Item = (&'static str, Value)>,
    ) {
        let Some(mut members) = self.value(collection, id) else { return };
        members.extend(changed.into_iter().map(|(name, value)| (name.to_owned(), value)));
        self.update(collection, id, members);
    }

    fn put(&mut self, collection: CollectionId, id: i64, parent: i64, members: &Map<String, Value>) {
        let before = self.state.put(collection, id, parent, false, members);
        self.changes.push(Change::Record { collection, id, before });
    }

    /// Removes a record with all that hangs below it.
    pub(crate) fn remove(&mut self, collection: CollectionId, id: i64) {
        let below: Vec<(CollectionId, Vec<i64>)> = self
            .state
            .collections()
            .filter(|other| api().of(*other).parents.last() == Some(&Some(collection)))
            .map(|other| {
                (other, self.state.table(other).map(|table| table.under(id).to_vec()).unwrap_or_default())
            })
            .collect();
        for (other, ids) in below {
            ids.into_iter().for_each(|id| self.remove(other, id));
        }
        let Some(row) = self.state.table_mut(collection).remove(id) else { return };
        let record = row.record.value();
        self.changes.push(Change::Record { collection, id, before: Some(row) });
        self.tell(Action::Deleted, collection, id, record);
    }

    /// Keeps a file under the path that answers it; none removes it.
    pub(crate) fn keep_file(&mut self, path: String, file: Option<File>) {
        let before = match file {
            Some(file) => self.state.files.insert(path.clone(), file),
            None => self.state.files.remove(&path),
        };
        self.changes.push(Change::File { path, before });
    }

    fn tell(&mut self, action: Action, collection: CollectionId, id: i64, record: Map<String, Value>) {
        let collection = api().of(collection).path.to_owned();
        self.events.push(Event { action, collection, id, record: Value::Object(record) });
    }

    /// How far the changes have come, for [`undo_to`](Self::undo_to).
    pub(crate) fn mark(&self) -> (usize, usize) {
        (self.changes.len(), self.events.len())
    }

    /// Takes back all changes since a mark.
    pub(crate) fn undo_to(&mut self, mark: (usize, usize)) {
        self.events.truncate(mark.1);
        for change in self.changes.drain(mark.0..).rev() {
            match change {
                Change::Record { collection, before: Some(row), .. } => {
                    self.state.put_row(collection, row);
                }
                Change::Record { collection, id, before: None } => {
                    self.state.table_mut(collection).remove(id);
                }
                Change::File { path, before: Some(file) } => {
                    self.state.files.insert(path, file);
                }
                Change::File { path, before: None } => {
                    self.state.files.remove(&path);
                }
            }
        }
    }

    /// Puts all changes on the disk, if there is one, and answers what to tell. If the disk refuses, they are
    /// taken back.
    pub(crate) fn keep(mut self, disk: Option<&Disk>) -> Result<Vec<Event>, Problem> {
        let Some(disk) = disk.filter(|_| !self.changes.is_empty()) else { return Ok(self.events) };
        let entries: Vec<Entry> = self.changes.iter().map(|change| self.entry(change)).collect();
        match disk.write(&entries) {
            Ok(()) => Ok(self.events),
            Err(error) => {
                self.undo_to((0, 0));
                Err(Problem::new(
                    500,
                    "ConnectWiseApi",
                    format!("The write could not be stored: {}", error.0),
                ))
            }
        }
    }

    fn entry(&self, change: &Change) -> Entry {
        match change {
            Change::Record { collection, id, .. } => {
                let row = self.state.row(*collection, *id);
                let text = row.map(|row| seed::kept(row.parent, &row.record));
                Entry::Record { template: api().of(*collection).template, id: *id, text }
            }
            Change::File { path, .. } => {
                Entry::File { path: path.clone(), file: self.state.files.get(path).cloned() }
            }
        }
    }
}

/// The `_info` of a record.
pub(crate) fn info(record: &mut Map<String, Value>) -> &mut Map<String, Value> {
    let info = record.entry("_info").or_insert_with(|| Value::Object(Map::new()));
    if !info.is_object() {
        *info = Value::Object(Map::new());
    }
    match info {
        Value::Object(info) => info,
        _ => unreachable!("it has just been made an object"),
    }
}
