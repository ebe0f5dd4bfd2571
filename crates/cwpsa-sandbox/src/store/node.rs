//! How records lie in memory: names of members are shared by all records that have the same ones, and what
//! many records hold (references, short texts) is kept once. A ticket takes a tenth of its size as JSON text
//! in a tree of maps.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde_json::{Map, Number, Value};

/// A value of a record.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    Null,
    Boolean(bool),
    Integer(i64),
    Float(f64),
    Text(Arc<str>),
    List(Arc<[Node]>),
    Object(Arc<Object>),
}

/// An object: names that others share, and values.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Object {
    pub(crate) names: Arc<[Arc<str>]>,
    pub(crate) values: Box<[Node]>,
}

impl Eq for Node {}
impl Eq for Object {}

impl Hash for Node {
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

impl Hash for Object {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.names).cast::<u8>().hash(state);
        self.values.hash(state);
    }
}

impl Object {
    /// The number of a member, matched exactly and else loosely in case.
    pub(crate) fn index(&self, name: &str) -> Option<usize> {
        let exact = self.names.iter().position(|known| **known == *name);
        exact.or_else(|| self.names.iter().position(|known| known.eq_ignore_ascii_case(name)))
    }

    /// A member.
    pub(crate) fn get(&self, name: &str) -> Option<&Node> {
        self.index(name).map(|at| &self.values[at])
    }

    /// The members in order.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&str, &Node)> {
        self.names.iter().map(|name| &**name).zip(self.values.iter())
    }

    /// As JSON.
    pub(crate) fn value(&self) -> Map<String, Value> {
        self.members().map(|(name, node)| (name.to_owned(), node.value())).collect()
    }
}

impl Node {
    /// As JSON.
    pub(crate) fn value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Boolean(value) => Value::Bool(*value),
            Self::Integer(value) => Value::from(*value),
            Self::Float(value) => Number::from_f64(*value).map_or(Value::Null, Value::Number),
            Self::Text(value) => Value::from(&**value),
            Self::List(items) => items.iter().map(Node::value).collect(),
            Self::Object(object) => Value::Object(object.value()),
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

    pub(crate) fn as_object(&self) -> Option<&Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }
}
