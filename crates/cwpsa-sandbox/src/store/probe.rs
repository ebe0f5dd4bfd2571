//! The part of a record that a search looks at, as JSON. It is filled anew for each record, so that a
//! search over a large table builds no tree: what is asked for lies where the search expects it.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::node::{Node, Object};

/// The part of a record that a search looks at.
pub(crate) struct Probe {
    value: Value,
    paths: Vec<Asked>,
}

struct Asked {
    segments: Vec<String>,
    /// Where the first segment was found last: records mostly share their names.
    last: Option<(*const Arc<str>, Option<usize>)>,
}

/// Whose members can be asked for as if they were the record's own.
const INFO: &str = "_info";

impl Probe {
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
            .map(|path| Asked { segments: path.split('/').map(str::to_owned).collect(), last: None })
            .collect();
        Self { value, paths }
    }

    /// The part of this record.
    pub(crate) fn of(&mut self, record: &Object) -> &Value {
        for asked in &mut self.paths {
            let node = asked.first(record);
            set(&mut self.value, &asked.segments, node);
        }
        &self.value
    }

    /// Tells the values of the first members of the paths, of which the part is made.
    pub(crate) fn nodes(&mut self, record: &Object, mut each: impl FnMut(Option<&Node>)) {
        self.paths.iter_mut().for_each(|asked| each(asked.first(record)));
    }
}

impl Asked {
    /// The value of the path's first member.
    fn first<'r>(&mut self, record: &'r Object) -> Option<&'r Node> {
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
            None => record.get(INFO).and_then(Node::as_object).and_then(|info| info.get(first)),
        }
    }
}

/// Puts what lies at the rest of the path into its place; a list on the way is put there whole.
fn set(into: &mut Value, segments: &[String], node: Option<&Node>) {
    let Some((first, rest)) = segments.split_first() else { return };
    let place = &mut into[first.as_str()];
    match (rest, node) {
        ([], node) => leaf(place, node),
        (_, Some(Node::List(_))) => leaf(place, node),
        (rest, node) => {
            if !place.is_object() {
                *place = Value::Object(Map::new());
            }
            let below = node.and_then(Node::as_object).and_then(|object| object.get(&rest[0]));
            set(place, rest, below);
        }
    }
}

fn leaf(place: &mut Value, node: Option<&Node>) {
    match (place, node) {
        // The text's memory is used again.
        (Value::String(old), Some(Node::Text(new))) => {
            old.clear();
            old.push_str(new);
        }
        (place, Some(node)) => *place = node.value(),
        (place, None) => *place = Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::store::Pool;

    #[test]
    fn what_is_asked_for_lies_where_it_was_asked_for() {
        let mut pool = Pool::default();
        let mut probe =
            Probe::new(&["Company/NAME".into(), "lastUpdated".into(), "items/value".into(), "x/y".into()]);
        let mut of = |value: Value| {
            let record = pool.record(value.as_object().expect("an object"));
            probe.of(&record).clone()
        };
        let first = of(json!({"company": {"id": 1, "name": "Acme"}, "items": [{"value": 1}, {"value": 2}],
            "_info": {"lastUpdated": "2025"}}));
        let expected = json!({"Company": {"NAME": "Acme"}, "lastUpdated": "2025",
            "items": [{"value": 1}, {"value": 2}], "x": {"y": null}});
        assert_eq!(first, expected);
        let second = of(json!({"company": {"id": 1}, "x": {"y": "z"}}));
        assert_eq!(second["Company"], json!({"NAME": null}));
        assert_eq!((&second["lastUpdated"], &second["x"]["y"]), (&Value::Null, &json!("z")));
        assert_eq!(second["items"], json!({"value": null}));
    }
}
