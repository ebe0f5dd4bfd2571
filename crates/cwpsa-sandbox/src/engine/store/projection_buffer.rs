//! Holds the fields of a record that a search reads, as JSON. The same buffer is reused for each record, so searching a
//! large table allocates almost no memory.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::value::{RecordObject, RecordValue};
use crate::connectwise::fields::INFO;

/// The part of a record that a search reads.
pub(crate) struct ProjectionBuffer {
    value: Value,
    paths: Vec<ProjectedPath>,
}

struct ProjectedPath {
    segments: Vec<String>,
    /// Where the first segment was last found: records mostly share their field names.
    last: Option<(*const Arc<str>, Option<usize>)>,
}

impl ProjectionBuffer {
    pub(crate) fn new(paths: &[String]) -> Self {
        let mut value = Value::Object(Map::new());
        for path in paths {
            let mut at = &mut value;
            for segment in path.split('/') {
                if !at.is_object() {
                    *at = Value::Object(Map::new());
                }
                at = &mut at[segment];
            }
        }
        let paths = paths
            .iter()
            .map(|path| ProjectedPath { segments: path.split('/').map(str::to_owned).collect(), last: None })
            .collect();
        Self { value, paths }
    }

    /// Fills the buffer from a record.
    pub(crate) fn fill(&mut self, record: &RecordObject) -> &Value {
        for path in &mut self.paths {
            let node = path.first(record);
            set(&mut self.value, &path.segments, node);
        }
        &self.value
    }

    /// Visits the values of the paths' first segments, which determine the contents of the buffer.
    pub(crate) fn visit_roots(&mut self, record: &RecordObject, mut each: impl FnMut(Option<&RecordValue>)) {
        self.paths.iter_mut().for_each(|path| each(path.first(record)));
    }
}

impl ProjectedPath {
    /// Returns the value of the path's first segment.
    fn first<'r>(&mut self, record: &'r RecordObject) -> Option<&'r RecordValue> {
        let names = record.names.as_ptr();
        let first = &self.segments[0];
        let index = match self.last {
            Some((known, index)) if known == names => index,
            _ => {
                let index = record.index(first);
                self.last = Some((names, index));
                index
            }
        };
        match index {
            Some(index) => Some(&record.values[index]),
            None => record.get(INFO).and_then(RecordValue::as_object).and_then(|info| info.get(first)),
        }
    }
}

/// Copies the value at the rest of the path; a list along the way is copied completely.
fn set(into: &mut Value, segments: &[String], node: Option<&RecordValue>) {
    let Some((first, rest)) = segments.split_first() else { return };
    let target = &mut into[first.as_str()];
    match (rest, node) {
        ([], node) => leaf(target, node),
        (_, Some(RecordValue::List(_))) => leaf(target, node),
        (rest, node) => {
            if !target.is_object() {
                *target = Value::Object(Map::new());
            }
            let below = node.and_then(RecordValue::as_object).and_then(|object| object.get(&rest[0]));
            set(target, rest, below);
        }
    }
}

fn leaf(target: &mut Value, node: Option<&RecordValue>) {
    match (target, node) {
        // The string's buffer is reused.
        (Value::String(old), Some(RecordValue::Text(new))) => {
            old.clear();
            old.push_str(new);
        }
        (target, Some(node)) => *target = node.to_json(),
        (target, None) => *target = Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::engine::store::interner::Interner;

    #[test]
    fn selected_fields_are_copied_to_their_paths() {
        let mut interner = Interner::default();
        let mut buffer = ProjectionBuffer::new(&[
            "Company/NAME".into(),
            "lastUpdated".into(),
            "items/value".into(),
            "x/y".into(),
        ]);
        let mut filled = |value: Value| {
            let record = interner.record(value.as_object().expect("an object"));
            buffer.fill(&record).clone()
        };
        let first =
            filled(json!({"company": {"id": 1, "name": "Acme"}, "items": [{"value": 1}, {"value": 2}],
            "_info": {"lastUpdated": "2025"}}));
        let expected = json!({"Company": {"NAME": "Acme"}, "lastUpdated": "2025",
            "items": [{"value": 1}, {"value": 2}], "x": {"y": null}});
        assert_eq!(first, expected);
        let second = filled(json!({"company": {"id": 1}, "x": {"y": "z"}}));
        assert_eq!(second["Company"], json!({"NAME": null}));
        assert_eq!((&second["lastUpdated"], &second["x"]["y"]), (&Value::Null, &json!("z")));
        assert_eq!(second["items"], json!({"value": null}));
    }
}
