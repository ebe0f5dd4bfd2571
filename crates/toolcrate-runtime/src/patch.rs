//! JSON Patch: a list of changes to a record. A patch can be made from the members that are set, from the
//! difference of two records, or by hand; references are always replaced whole, since servers are known to
//! accept a change within one and then do nothing.

use std::fmt;
use std::marker::PhantomData;

use serde_json::Value;

use crate::{Encode, PatchPaths, Table};

/// Changes to a `T`.
pub struct Patch<T: ?Sized> {
    operations: Vec<Operation>,
    record: PhantomData<fn(&T)>,
}

/// One change. The path has no leading slash; `value` is JSON text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Operation {
    pub(crate) op: String,
    pub(crate) path: String,
    pub(crate) from: Option<String>,
    pub(crate) value: Option<String>,
}

impl Operation {
    pub(crate) fn new(op: &str, path: &str, value: Option<String>) -> Self {
        let path = path.strip_prefix('/').unwrap_or(path).to_owned();
        Self { op: op.to_owned(), path, from: None, value }
    }

    /// The change of a top-level member, whatever its name has in it.
    pub(crate) fn member(op: &str, name: &str, value: Option<String>) -> Self {
        Self { op: op.to_owned(), path: escape(name), from: None, value }
    }
}

/// A member's name as a segment of a JSON pointer.
pub(crate) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The operations as the JSON array that is sent.
pub(crate) fn to_json(operations: &[Operation], paths: PatchPaths) -> String {
    let slash = match paths {
        PatchPaths::Pointer => "/",
        PatchPaths::Bare => "",
    };
    let mut text = String::from("[");
    for (index, operation) in operations.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        let path = format!("{slash}{}", operation.path).encode();
        text.push_str(&format!("{{\"op\":{},\"path\":{path}", operation.op.encode()));
        if let Some(from) = &operation.from {
            text.push_str(&format!(",\"from\":{}", format!("{slash}{from}").encode()));
        }
        if let Some(value) = &operation.value {
            text.push_str(&format!(",\"value\":{value}"));
        }
        text.push('}');
    }
    text.push(']');
    text
}

impl<T: ?Sized> Patch<T> {
    /// No changes.
    pub fn new() -> Self {
        Self { operations: Vec::new(), record: PhantomData }
    }

    /// Replaces the value at `path`: a member's name, or names joined by `/`.
    #[must_use]
    pub fn set(self, path: &str, value: impl Encode) -> Self {
        self.operation(Operation::new("replace", path, Some(value.encode())))
    }

    /// Removes the value at `path`.
    #[must_use]
    pub fn remove(self, path: &str) -> Self {
        self.operation(Operation::new("remove", path, None))
    }

    /// Adds any operation.
    #[must_use]
    pub fn raw(self, op: &str, path: &str, value: Option<Value>) -> Self {
        self.operation(Operation::new(op, path, value.map(|value| value.encode())))
    }

    fn operation(mut self, operation: Operation) -> Self {
        self.operations.push(operation);
        self
    }

    /// Whether there is nothing to change.
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    /// How many operations there are.
    pub fn len(&self) -> usize {
        self.operations.len()
    }

    /// The JSON array that is sent to an API that writes paths like this.
    pub fn to_json(&self, paths: PatchPaths) -> String {
        to_json(&self.operations, paths)
    }

    pub(crate) fn operations(&self) -> &[Operation] {
        &self.operations
    }
}

impl<T: Table> Patch<T> {
    /// Replaces every member that is set in `record`, and leaves the others as they are.
    pub fn changes(record: &T) -> Self {
        let operations =
            members(record).into_iter().map(|(name, value)| Operation::member("replace", name, Some(value)));
        Self { operations: operations.collect(), record: PhantomData }
    }

    /// What makes `new` of `old`, by top-level members: `replace`, `add` and `remove`.
    pub fn between(old: &T, new: &T) -> Self {
        let (before, after) = (members(old), members(new));
        let mut operations = Vec::new();
        for (name, value) in &after {
            match before.iter().find(|(other, _)| other == name) {
                Some((_, other)) if other == value => {}
                Some(_) => operations.push(Operation::member("replace", name, Some(value.clone()))),
                None => operations.push(Operation::member("add", name, Some(value.clone()))),
            }
        }
        for (name, _) in &before {
            if !after.iter().any(|(other, _)| other == name) {
                operations.push(Operation::member("remove", name, None));
            }
        }
        Self { operations, record: PhantomData }
    }
}

/// The members that are set, with their JSON text.
fn members(table: &dyn Table) -> Vec<(&str, String)> {
    let known = table.names().iter().enumerate();
    let known = known.filter_map(|(index, name)| Some((*name, table.view(index).look()?.to_json())));
    let extra = table.extra().iter().map(|(name, value)| (name, value.encode()));
    known.chain(extra).collect()
}

impl<T: ?Sized> Default for Patch<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: ?Sized> Clone for Patch<T> {
    fn clone(&self) -> Self {
        Self { operations: self.operations.clone(), record: PhantomData }
    }
}

impl<T: ?Sized> PartialEq for Patch<T> {
    fn eq(&self, other: &Self) -> bool {
        self.operations == other.operations
    }
}

impl<T: ?Sized> fmt::Debug for Patch<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Patch {}", self.to_json(PatchPaths::Bare))
    }
}
