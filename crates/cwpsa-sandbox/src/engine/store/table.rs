//! The records of one collection, ordered by ID.

use std::collections::HashMap;
use std::sync::Arc;

use super::value::RecordObject;

/// A record with its ID and parent.
#[derive(Clone, Debug)]
pub(crate) struct StoredRow {
    pub(crate) id: i64,
    /// The parent record's ID; 0 if it has none.
    pub(crate) parent: i64,
    /// True if it was generated from the schema to avoid an empty list. It never prevents another record from
    /// being deleted.
    pub(crate) synthetic: bool,
    pub(crate) record: Arc<RecordObject>,
}

/// The records of one collection.
#[derive(Default)]
pub(crate) struct CollectionTable {
    rows: Vec<StoredRow>,
    by_parent: HashMap<i64, Vec<i64>>,
    /// The lowest ID for a new record.
    pub(crate) min_next_id: i64,
}

impl CollectionTable {
    pub(crate) fn get(&self, id: i64) -> Option<&StoredRow> {
        self.rows.binary_search_by_key(&id, |row| row.id).ok().map(|at| &self.rows[at])
    }

    /// Returns all rows, ordered by ID.
    pub(crate) fn rows(&self) -> &[StoredRow] {
        &self.rows
    }

    /// Returns the IDs of a parent's rows, in order.
    pub(crate) fn children_of(&self, parent: i64) -> &[i64] {
        self.by_parent.get(&parent).map_or(&[], Vec::as_slice)
    }

    /// Returns the ID of the next new record.
    pub(crate) fn next_id(&self) -> i64 {
        self.rows.last().map_or(1, |row| row.id + 1).max(self.min_next_id)
    }

    /// Stores a row and returns the one that it replaced.
    pub(crate) fn put(&mut self, row: StoredRow) -> Option<StoredRow> {
        self.min_next_id = self.min_next_id.max(row.id + 1);
        let before = match self.rows.binary_search_by_key(&row.id, |row| row.id) {
            Ok(at) => Some(std::mem::replace(&mut self.rows[at], row.clone())),
            Err(at) => {
                self.rows.insert(at, row.clone());
                None
            }
        };
        match &before {
            Some(before) if before.parent == row.parent => {}
            Some(before) => {
                let (id, parent) = (before.id, before.parent);
                self.remove_from_parent(id, parent);
                self.add_to_parent(row.id, row.parent);
            }
            None => self.add_to_parent(row.id, row.parent),
        }
        before
    }

    /// Removes a row.
    pub(crate) fn remove(&mut self, id: i64) -> Option<StoredRow> {
        let at = self.rows.binary_search_by_key(&id, |row| row.id).ok()?;
        let row = self.rows.remove(at);
        self.remove_from_parent(id, row.parent);
        Some(row)
    }

    // Rows without a parent aren't indexed: their parent is 0.
    fn add_to_parent(&mut self, id: i64, parent: i64) {
        if parent != 0 {
            let ids = self.by_parent.entry(parent).or_default();
            if let Err(at) = ids.binary_search(&id) {
                ids.insert(at, id);
            }
        }
    }

    fn remove_from_parent(&mut self, id: i64, parent: i64) {
        if let Some(ids) = self.by_parent.get_mut(&parent) {
            ids.retain(|other| *other != id);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::engine::store::interner::Interner;

    #[test]
    fn rows_keep_their_order_and_parent() {
        let mut interner = Interner::default();
        let mut table = CollectionTable::default();
        let mut row = |id, parent| {
            let record = interner.record(json!({"id": id}).as_object().expect("an object"));
            StoredRow { id, parent, synthetic: false, record }
        };
        for (id, parent) in [(5, 1), (2, 1), (9, 3)] {
            assert!(table.put(row(id, parent)).is_none());
        }
        assert_eq!(table.rows().iter().map(|row| row.id).collect::<Vec<_>>(), [2, 5, 9]);
        assert_eq!(table.children_of(1), [2, 5]);
        assert!(table.put(row(5, 3)).is_some());
        assert_eq!((table.children_of(1), table.children_of(3)), (&[2][..], &[5, 9][..]));
        assert_eq!(table.next_id(), 10);
        table.remove(9);
        assert_eq!((table.next_id(), table.get(9).is_none()), (10, true), "ids are never reused");
    }
}
