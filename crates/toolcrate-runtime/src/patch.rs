//! JSON Patch (RFC 6902): a list of changes to a record.

use std::fmt;
use std::marker::PhantomData;

use serde_json::Value;

use crate::api::PatchPaths;
use crate::model::ModelFields;
use crate::to_json::ToJson;

/// A JSON Patch (RFC 6902) of a `T`.
///
/// A patch can be made from the fields that are set, from the difference of two records, or by hand. References are
/// always replaced as a whole: servers are known to accept a change within one and then do nothing.
pub struct Patch<T: ?Sized> {
    operations: Vec<PatchOperation>,
    record: PhantomData<fn(&T)>,
}

/// One change. The path has no leading slash; `value` is JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PatchOperation {
    pub(crate) op: String,
    pub(crate) path: String,
    pub(crate) from: Option<String>,
    pub(crate) value: Option<String>,
}

impl PatchOperation {
    pub(crate) fn new(op: &str, path: &str, value: Option<String>) -> Self {
        let path = path.strip_prefix('/').unwrap_or(path).to_owned();
        Self { op: op.to_owned(), path, from: None, value }
    }

    /// Creates the change of a top-level field, whose name may contain any character.
    pub(crate) fn member(op: &str, name: &str, value: Option<String>) -> Self {
        Self { op: op.to_owned(), path: escape(name), from: None, value }
    }
}

/// Escapes a name for use as a segment of a JSON pointer.
pub(crate) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Returns the name that a segment of a JSON pointer stands for.
#[cfg(feature = "tools")]
pub(crate) fn unescape(segment: &str) -> String {
    segment.replace("~1", "/").replace("~0", "~")
}

/// Returns the operations as the JSON array that is sent.
pub(crate) fn to_json(operations: &[PatchOperation], paths: PatchPaths) -> String {
    let slash = match paths {
        PatchPaths::Pointer => "/",
        PatchPaths::Bare => "",
    };
    let mut text = String::from("[");
    for (index, operation) in operations.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        let path = format!("{slash}{}", operation.path).to_json_string();
        text.push_str(&format!("{{\"op\":{},\"path\":{path}", operation.op.to_json_string()));
        if let Some(from) = &operation.from {
            text.push_str(&format!(",\"from\":{}", format!("{slash}{from}").to_json_string()));
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
    /// Creates a patch without changes.
    pub fn new() -> Self {
        Self { operations: Vec::new(), record: PhantomData }
    }

    /// Replaces the value at `path`: the name of a field, or names joined by `/`.
    #[must_use]
    pub fn set(self, path: &str, value: impl ToJson) -> Self {
        self.operation(PatchOperation::new("replace", path, Some(value.to_json_string())))
    }

    /// Removes the value at `path`.
    #[must_use]
    pub fn remove(self, path: &str) -> Self {
        self.operation(PatchOperation::new("remove", path, None))
    }

    /// Adds an arbitrary operation.
    #[must_use]
    pub fn raw(self, op: &str, path: &str, value: Option<Value>) -> Self {
        self.operation(PatchOperation::new(op, path, value.map(|value| value.to_json_string())))
    }

    fn operation(mut self, operation: PatchOperation) -> Self {
        self.operations.push(operation);
        self
    }

    /// Returns true if and only if there are no changes.
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    /// Returns the number of operations.
    pub fn len(&self) -> usize {
        self.operations.len()
    }

    /// Returns the JSON array that is sent to an API with paths of this form.
    pub fn to_json(&self, paths: PatchPaths) -> String {
        to_json(&self.operations, paths)
    }

    pub(crate) fn operations(&self) -> &[PatchOperation] {
        &self.operations
    }
}

impl<T: ModelFields> Patch<T> {
    /// Creates a patch that replaces every field that is set in `record`.
    pub fn changes(record: &T) -> Self {
        let operations = members(record)
            .into_iter()
            .map(|(name, value)| PatchOperation::member("replace", name, Some(value)));
        Self { operations: operations.collect(), record: PhantomData }
    }

    /// Creates a patch that turns `old` into `new` by replacing, adding and removing top-level fields.
    pub fn between(old: &T, new: &T) -> Self {
        let (before, after) = (members(old), members(new));
        let mut operations = Vec::new();
        for (name, value) in &after {
            match before.iter().find(|(other, _)| other == name) {
                Some((_, other)) if other == value => {}
                Some(_) => operations.push(PatchOperation::member("replace", name, Some(value.clone()))),
                None => operations.push(PatchOperation::member("add", name, Some(value.clone()))),
            }
        }
        for (name, _) in &before {
            if !after.iter().any(|(other, _)| other == name) {
                operations.push(PatchOperation::member("remove", name, None));
            }
        }
        Self { operations, record: PhantomData }
    }
}

/// Returns the fields that are set, as JSON.
fn members(model: &dyn ModelFields) -> Vec<(&str, String)> {
    let known = model.field_names().iter().enumerate();
    let known = known.filter_map(|(index, name)| Some((*name, model.field(index).get()?.to_json_string())));
    let unknown = model.unknown_fields().iter().map(|(name, value)| (name, value.to_json_string()));
    known.chain(unknown).collect()
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
