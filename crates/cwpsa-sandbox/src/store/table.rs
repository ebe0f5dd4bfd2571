//! The records of one collection, in the order of their ids.

use std::collections::HashMap;
use std::sync::Arc;

use super::node::Object;

/// A record and where it hangs.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) id: i64,
    /// The id of the record that it is nested under; 0 where there is none.
    pub(crate) parent: i64,
    /// Made up from the schema, so that no list is empty. It never keeps another record from being deleted.
    pub(crate) synthetic: bool,
    pub(crate) record: Arc<Object>,
}

/// The records of one collection.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Row>,
    by_parent: HashMap<i64, Vec<i64>>,
    /// The lowest id that a new record may get.
    pub(crate) next: i64,
}

impl Table {
    pub(crate) fn get(&self, id: i64) -> Option<&Row> {
        self.rows.binary_search_by_key(&id, |row| row.id).ok().map(|at| &self.rows[at])
    }

    /// All rows by id.
    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The ids of the rows under a parent, in order.
    pub(crate) fn under(&self, parent: i64) -> &[i64] {
        self.by_parent.get(&parent).map_or(&[], Vec::as_slice)
    }

    /// The id that the next record gets.
    pub(crate) fn next_id(&self) -> i64 {
        self.rows.last().map_or(1, |row| row.id + 1).max(self.next)
    }

    /// Stores a row, and answers the one that was there.
    pub(crate) fn put(&mut self, row: Row) -> Option<Row> {
        self.next = self.next.max(row.id + 1);
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
                self.unlist(id, parent);
                self.list(row.id, row.parent);
            }
            None => self.list(row.id, row.parent),
        }
        before
    }

    /// Removes a row.
    pub(crate) fn remove(&mut self, id: i64) -> Option<Row> {
        let at = self.rows.binary_search_by_key(&id, |row| row.id).ok()?;
        let row = self.rows.remove(at);
        self.unlist(id, row.parent);
        Some(row)
    }

    // Rows without a parent are not listed: they all hang under 0.
    fn list(&mut self, id: i64, parent: i64) {
        if parent != 0 {
            let ids = self.by_parent.entry(parent).or_default();
            if let Err(at) = ids.binary_search(&id) {
                ids.insert(at, id);
            }
        }
    }

    fn unlist(&mut self, id: i64, parent: i64) {
        if let Some(ids) = self.by_parent.get_mut(&parent) {
            ids.retain(|other| *other != id);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::store::Pool;

    #[test]
    fn rows_stay_in_order_and_under_their_parents() {
        let mut pool = Pool::default();
        let mut table = Table::default();
        let mut row = |id, parent| {
            let record = pool.record(json!({"id": id}).as_object().expect("an object"));
            Row { id, parent, synthetic: false, record }
        };
        for (id, parent) in [(5, 1), (2, 1), (9, 3)] {
            assert!(table.put(row(id, parent)).is_none());
        }
        assert_eq!(table.rows().iter().map(|row| row.id).collect::<Vec<_>>(), [2, 5, 9]);
        assert_eq!(table.under(1), [2, 5]);
        assert!(table.put(row(5, 3)).is_some());
        assert_eq!((table.under(1), table.under(3)), (&[2][..], &[5, 9][..]));
        assert_eq!(table.next_id(), 10);
        table.remove(9);
        assert_eq!((table.next_id(), table.get(9).is_none()), (10, true), "ids are never given twice");
    }
}
