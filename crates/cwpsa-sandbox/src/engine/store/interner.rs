//! Interns data shared by records: lists of field names, references and short strings.
//!
//! Unused entries are dropped whenever a table has doubled in size since the last sweep.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::value::{RecordObject, RecordValue};

/// Maximum length of interned strings in bytes.
const MAX_INTERNED_LENGTH: usize = 48;

/// The interned parts of records.
#[derive(Default)]
pub(crate) struct Interner {
    names: InternTable<Arc<[Arc<str>]>>,
    texts: InternTable<Arc<str>>,
    objects: InternTable<Arc<RecordObject>>,
}

struct InternTable<T> {
    entries: HashSet<T>,
    limit: usize,
}

impl<T> Default for InternTable<T> {
    fn default() -> Self {
        Self { entries: HashSet::default(), limit: 4096 }
    }
}

/// Counts the owners of an interned entry.
trait RefCounted {
    fn owners(&self) -> usize;
}

impl<T: ?Sized> RefCounted for Arc<T> {
    fn owners(&self) -> usize {
        Arc::strong_count(self)
    }
}

impl<T: RefCounted + Clone + Eq + Hash> InternTable<T> {
    fn share(&mut self, entry: T) -> T {
        if let Some(known) = self.entries.get(&entry) {
            return known.clone();
        }
        if self.entries.len() >= self.limit {
            self.entries.retain(|entry| entry.owners() > 1);
            self.limit = (self.entries.len() * 2).max(4096);
        }
        self.entries.insert(entry.clone());
        entry
    }
}

impl Interner {
    /// Converts a record to its stored form. Null fields are left out, as in the API.
    pub(crate) fn record(&mut self, fields: &Map<String, Value>) -> Arc<RecordObject> {
        Arc::new(self.object(fields))
    }

    /// Returns a copy of a record with some fields changed; fields that it doesn't have are ignored.
    pub(crate) fn with_changes(
        &mut self,
        pattern: &RecordObject,
        changed: &[(&str, Value)],
    ) -> Arc<RecordObject> {
        let mut values = pattern.values.clone();
        for (name, value) in changed {
            if let Some(at) = pattern.index(name) {
                values[at] = self.node(value);
            }
        }
        Arc::new(RecordObject { names: pattern.names.clone(), values })
    }

    fn object(&mut self, fields: &Map<String, Value>) -> RecordObject {
        let mut names = Vec::with_capacity(fields.len());
        let mut values = Vec::with_capacity(fields.len());
        for (name, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
            names.push(self.intern_string(name));
            values.push(self.node(value));
        }
        RecordObject { names: self.names.share(names.into()), values: values.into() }
    }

    fn node(&mut self, value: &Value) -> RecordValue {
        match value {
            Value::Null => RecordValue::Null,
            Value::Bool(value) => RecordValue::Boolean(*value),
            Value::Number(number) => match number.as_i64() {
                Some(whole) => RecordValue::Integer(whole),
                None => RecordValue::Float(number.as_f64().unwrap_or_default()),
            },
            Value::String(text) => RecordValue::Text(self.intern_string(text)),
            Value::Array(items) => RecordValue::List(items.iter().map(|item| self.node(item)).collect()),
            Value::Object(fields) => {
                let object = Arc::new(self.object(fields));
                RecordValue::Object(self.objects.share(object))
            }
        }
    }

    fn intern_string(&mut self, text: &str) -> Arc<str> {
        if text.len() > MAX_INTERNED_LENGTH {
            return Arc::from(text);
        }
        if let Some(known) = self.texts.entries.get(text) {
            return known.clone();
        }
        self.texts.share(Arc::from(text))
    }

    /// Returns the number of interned entries.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.names.entries.len() + self.texts.entries.len() + self.objects.entries.len()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn equal_parts_are_interned_once_and_round_trip() {
        let mut interner = Interner::default();
        let value = json!({"id": 1, "board": {"id": 2, "name": "Help"}, "tags": ["a", "b"], "cost": 1.5, "open": true});
        let fields = value.as_object().expect("an object");
        let first = interner.record(fields);
        let size = interner.len();
        let second = interner.record(fields);
        assert_eq!(interner.len(), size);
        assert_eq!(Value::Object(first.to_json()), value);
        assert!(Arc::ptr_eq(&first.names, &second.names));
        match (first.get("Board"), second.get("board")) {
            (Some(RecordValue::Object(a)), Some(RecordValue::Object(b))) => assert!(Arc::ptr_eq(a, b)),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn unused_entries_are_dropped() {
        let mut interner = Interner::default();
        for number in 0..20_000 {
            interner.record(json!({"name": format!("name {number}")}).as_object().expect("an object"));
        }
        assert!(interner.len() < 10_000, "{}", interner.len());
    }
}
