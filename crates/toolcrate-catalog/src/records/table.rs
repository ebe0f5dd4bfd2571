//! Looks up records by name, and parses each one only when it is first used.

use std::sync::OnceLock;

use serde::Deserialize;

/// The records of one file, by name. Nothing is parsed until a name is looked up, and then only the record
/// with that name.
pub struct RecordTable<T> {
    index: &'static str,
    records: &'static str,
    entries: OnceLock<Vec<RecordEntry<T>>>,
}

struct RecordEntry<T> {
    name: &'static str,
    text: &'static str,
    record: OnceLock<T>,
}

impl<T: Deserialize<'static>> RecordTable<T> {
    /// Creates a table from an index (`name`, tab, length in bytes; sorted by name) and the records that it
    /// describes, one per line.
    pub const fn new(index: &'static str, records: &'static str) -> Self {
        Self { index, records, entries: OnceLock::new() }
    }

    fn entries(&self) -> &[RecordEntry<T>] {
        self.entries.get_or_init(|| {
            let mut start = 0;
            let entry = |line: &'static str| {
                let (name, length) = line.rsplit_once('\t')?;
                let end = start + length.parse::<usize>().ok()?;
                let text = self.records.get(start..end)?;
                start = end + 1;
                Some(RecordEntry { name, text, record: OnceLock::new() })
            };
            self.index.lines().map_while(entry).collect()
        })
    }

    fn entry(&self, name: &str) -> Option<&RecordEntry<T>> {
        let entries = self.entries();
        let at = entries.binary_search_by(|entry| entry.name.cmp(name)).ok()?;
        Some(&entries[at])
    }

    /// The record with this name.
    ///
    /// # Panics
    /// Panics if the record isn't valid generator output, which no caller can cause.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.entry(name).map(RecordEntry::parsed)
    }

    /// All records, in the order of their names.
    ///
    /// # Panics
    /// Panics like [`get`](Self::get).
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &T> {
        self.entries().iter().map(RecordEntry::parsed)
    }

    /// The names, in order.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &'static str> {
        self.entries().iter().map(|entry| entry.name)
    }
}

impl<T: Deserialize<'static>> RecordEntry<T> {
    fn parsed(&self) -> &T {
        self.record.get_or_init(|| match serde_json::from_str(self.text) {
            Ok(record) => record,
            Err(error) => panic!("the catalog record {} is malformed: {error}", self.name),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::record::SchemaRecord;

    #[test]
    fn each_record_is_found_only_by_its_name() {
        let records = "{\"name\":\"A\",\"schema\":{}}\n{\"name\":\"A b\",\"schema\":{\"type\":\"x\"}}\n";
        let table: RecordTable<SchemaRecord<'static>> = RecordTable::new("A\t24\nA b\t36\n", records);
        assert_eq!(table.names().collect::<Vec<_>>(), ["A", "A b"]);
        assert_eq!(table.get("A b").unwrap().schema.get(), "{\"type\":\"x\"}");
        assert_eq!(table.iter().len(), 2);
        assert!(table.get("B").is_none() && table.get("").is_none());
        assert!(RecordTable::<SchemaRecord<'static>>::new("", "").get("A").is_none());
    }
}
