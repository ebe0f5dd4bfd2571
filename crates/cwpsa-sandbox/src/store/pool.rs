//! What records share: lists of names, references, short texts. What no record holds any more is dropped when
//! the pool has doubled since it was last looked through.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::node::{Node, Object};

/// Texts up to this length are shared.
const SHORT: usize = 48;

/// What records share.
#[derive(Default)]
pub(crate) struct Pool {
    names: Shared<Arc<[Arc<str>]>>,
    texts: Shared<Arc<str>>,
    objects: Shared<Arc<Object>>,
}

struct Shared<T> {
    kept: HashSet<T>,
    limit: usize,
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self { kept: HashSet::default(), limit: 4096 }
    }
}

/// How many hold a shared thing.
trait Counted {
    fn holders(&self) -> usize;
}

impl<T: ?Sized> Counted for Arc<T> {
    fn holders(&self) -> usize {
        Arc::strong_count(self)
    }
}

impl<T: Counted + Clone + Eq + Hash> Shared<T> {
    fn share(&mut self, thing: T) -> T {
        if let Some(known) = self.kept.get(&thing) {
            return known.clone();
        }
        if self.kept.len() >= self.limit {
            self.kept.retain(|thing| thing.holders() > 1);
            self.limit = (self.kept.len() * 2).max(4096);
        }
        self.kept.insert(thing.clone());
        thing
    }
}

impl Pool {
    /// A record as it is kept. Members that are null are left out, as the API leaves them out.
    pub(crate) fn record(&mut self, members: &Map<String, Value>) -> Arc<Object> {
        Arc::new(self.object(members))
    }

    /// A record like another one but for some members, which that one has too.
    pub(crate) fn like(&mut self, pattern: &Object, changed: &[(&str, Value)]) -> Arc<Object> {
        let mut values = pattern.values.clone();
        for (name, value) in changed {
            if let Some(at) = pattern.index(name) {
                values[at] = self.node(value);
            }
        }
        Arc::new(Object { names: pattern.names.clone(), values })
    }

    fn object(&mut self, members: &Map<String, Value>) -> Object {
        let mut names = Vec::with_capacity(members.len());
        let mut values = Vec::with_capacity(members.len());
        for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
            names.push(self.text(name));
            values.push(self.node(value));
        }
        Object { names: self.names.share(names.into()), values: values.into() }
    }

    fn node(&mut self, value: &Value) -> Node {
        match value {
            Value::Null => Node::Null,
            Value::Bool(value) => Node::Boolean(*value),
            Value::Number(number) => match number.as_i64() {
                Some(whole) => Node::Integer(whole),
                None => Node::Float(number.as_f64().unwrap_or_default()),
            },
            Value::String(text) => Node::Text(self.text(text)),
            Value::Array(items) => Node::List(items.iter().map(|item| self.node(item)).collect()),
            Value::Object(members) => {
                let object = Arc::new(self.object(members));
                Node::Object(self.objects.share(object))
            }
        }
    }

    fn text(&mut self, text: &str) -> Arc<str> {
        if text.len() > SHORT {
            return Arc::from(text);
        }
        if let Some(known) = self.texts.kept.get(text) {
            return known.clone();
        }
        self.texts.share(Arc::from(text))
    }

    /// How many things are shared, for tests.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.names.kept.len() + self.texts.kept.len() + self.objects.kept.len()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn equal_parts_are_kept_once_and_come_back_as_they_were() {
        let mut pool = Pool::default();
        let value = json!({"id": 1, "board": {"id": 2, "name": "Help"}, "tags": ["a", "b"], "cost": 1.5, "open": true});
        let members = value.as_object().expect("an object");
        let first = pool.record(members);
        let size = pool.len();
        let second = pool.record(members);
        assert_eq!(pool.len(), size);
        assert_eq!(Value::Object(first.value()), value);
        assert!(Arc::ptr_eq(&first.names, &second.names));
        match (first.get("Board"), second.get("board")) {
            (Some(Node::Object(a)), Some(Node::Object(b))) => assert!(Arc::ptr_eq(a, b)),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_nobody_holds_is_dropped() {
        let mut pool = Pool::default();
        for number in 0..20_000 {
            pool.record(json!({"name": format!("name {number}")}).as_object().expect("an object"));
        }
        assert!(pool.len() < 10_000, "{}", pool.len());
    }
}
