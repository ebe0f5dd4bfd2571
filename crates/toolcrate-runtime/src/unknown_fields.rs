//! Keeps the fields of an object that the API description doesn't list.

use std::fmt;

use serde_json::{Map, Value};

/// An object's unknown fields, in the order in which the server sent them.
///
/// They are kept so that reading a record and writing it back loses nothing. Without unknown fields, they cost only
/// one pointer.
///
/// They also remember which known fields were null. Such a field is absent, and is written as null unless it is set, except
/// in the body of a request.
#[derive(Clone, Default)]
pub struct UnknownFields(Option<Box<UnknownFieldData>>);

#[derive(Clone, Default)]
struct UnknownFieldData {
    fields: Map<String, Value>,
    /// The known fields that were null.
    nulls: Vec<&'static str>,
}

impl UnknownFields {
    /// Returns the value of the field `name`.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.as_ref()?.fields.get(name)
    }

    /// Remembers that the known field `name` was null.
    pub(crate) fn remember_null(&mut self, name: &'static str) {
        let nulls = &mut self.0.get_or_insert_default().nulls;
        if !nulls.contains(&name) {
            nulls.push(name);
        }
    }

    /// Returns the known fields that were null, and that are not among the unknown fields.
    pub(crate) fn nulls(&self) -> impl Iterator<Item = &'static str> {
        let contents = self.0.as_deref().into_iter();
        contents.flat_map(|contents| {
            contents.nulls.iter().copied().filter(|name| !contents.fields.contains_key(*name))
        })
    }

    /// Adds a field, or replaces the one with that name.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        self.0.get_or_insert_default().fields.insert(name.into(), value.into());
    }

    /// Removes the field `name` and returns its value.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        self.0.as_mut()?.fields.shift_remove(name)
    }

    /// Returns all fields.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().flat_map(|contents| contents.fields.iter()).map(|(name, value)| (name.as_str(), value))
    }

    /// Returns the number of fields.
    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |contents| contents.fields.len())
    }

    /// Returns true if and only if there are no fields.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl PartialEq for UnknownFields {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().all(|(name, value)| other.get(name) == Some(value))
    }
}

impl Eq for UnknownFields {}

impl fmt::Debug for UnknownFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}
