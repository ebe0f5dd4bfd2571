//! JSON Patch (RFC 6902): a list of changes to a record.

use std::fmt;
use std::marker::PhantomData;

use serde_json::Value;

use crate::api::PatchPaths;
use crate::custom_fields::CaptionedValues;
use crate::model::{ModelFields, OptionalField, WriteMode, field_index};
use crate::to_json::ToJson;

/// A JSON Patch (RFC 6902) for a `T`.
///
/// A patch is created by a [closure](Patch::from_fn) that sets fields, from [two versions](Patch::between) of a record,
/// or field by field with [`set`](Patch::set) and [`clear`](Patch::clear). Server-computed fields are left out.
/// References are always replaced as a whole, because some servers accept a change within one and then do nothing.
pub struct Patch<T: ?Sized> {
    operations: Vec<PatchOperation>,
    custom_fields: Option<CaptionedValues>,
    record: PhantomData<fn(&T)>,
}

/// A single change. The path has no leading slash; `value` is JSON.
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

    /// Creates the change for a top-level field, whose name may contain any character.
    pub(crate) fn member(op: &str, name: &str, value: Option<String>) -> Self {
        Self { op: op.to_owned(), path: escape(name), from: None, value }
    }
}

/// Escapes a name for use as a segment of a JSON pointer.
pub(crate) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Returns the name represented by a JSON pointer segment.
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
        Self::from_operations(Vec::new())
    }

    /// Replaces the value at `path`: a field name as spelled by the API, or names joined by `/`.
    #[must_use]
    pub fn replace(self, path: &str, value: impl ToJson) -> Self {
        self.operation(PatchOperation::new("replace", path, Some(value.to_part_json())))
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

    fn from_operations(operations: Vec<PatchOperation>) -> Self {
        Self { operations, custom_fields: None, record: PhantomData }
    }

    fn operation(mut self, operation: PatchOperation) -> Self {
        self.operations.push(operation);
        self
    }

    /// Returns true if and only if there are no changes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the number of operations. All custom fields set by caption count as one.
    pub fn len(&self) -> usize {
        self.operations.len() + usize::from(self.custom_fields.is_some())
    }

    /// Returns the JSON array to send to an API with this path format, without custom fields set by caption, whose
    /// IDs the client looks up when it sends the patch.
    pub fn to_json(&self, paths: PatchPaths) -> String {
        to_json(&self.operations, paths)
    }

    pub(crate) fn operations(&self) -> &[PatchOperation] {
        &self.operations
    }

    pub(crate) fn custom_fields(&self) -> Option<&CaptionedValues> {
        self.custom_fields.as_ref()
    }
}

impl<T: ModelFields> Patch<T> {
    /// Creates a patch from the fields that `change` sets. It is called with a record without any fields.
    ///
    /// A field that it sets to null with [`SetNull`](crate::SetNull) is cleared.
    pub fn from_fn(change: impl FnOnce(&mut T)) -> Self
    where
        T: Default,
    {
        let mut record = T::default();
        change(&mut record);
        Self::changes(&record)
    }

    /// Creates a patch that replaces every field that is set in `record`, except server-computed fields.
    pub fn changes(record: &T) -> Self {
        let operations = members(record)
            .into_iter()
            .map(|(name, value)| PatchOperation::member("replace", name, Some(value)));
        Self::from_operations(operations.collect())
    }

    /// Creates a patch that turns `old` into `new` by replacing, adding and removing top-level fields. Differences in
    /// server-computed fields are ignored.
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
        Self::from_operations(operations)
    }

    /// Replaces the value of the field that `field` returns, as in `.set(|order| &mut order.po_number, "A-17")`.
    /// Server-computed fields are left out.
    ///
    /// # Panics
    /// Panics if `field` returns anything but a field of the record.
    #[must_use]
    pub fn set<F: OptionalField>(
        mut self,
        field: impl FnOnce(&mut T) -> &mut F,
        value: impl Into<F::Value>,
    ) -> Self
    where
        T: Default,
    {
        let mut record = T::default();
        field_index(&mut record, |record| {
            let field = field(record);
            field.assign(value.into());
            field
        });
        self.operations.extend(Self::changes(&record).operations);
        self
    }

    /// Clears the field that `field` returns, as in `.clear(|order| &mut order.po_number)`. Server-computed fields are
    /// left out.
    ///
    /// # Panics
    /// Panics if `field` returns anything but a field of the record.
    #[must_use]
    pub fn clear<F: OptionalField>(mut self, field: impl FnOnce(&mut T) -> &mut F) -> Self
    where
        T: Default,
    {
        let mut record = T::default();
        let index = field_index(&mut record, field);
        if !WriteMode::Body.omitted(&record).contains(&index) {
            self.operations.push(PatchOperation::member("remove", record.field_names()[index], None));
        }
        self
    }
}

impl<T: ModelFields + Default> Patch<T> {
    /// Sets the custom field with this caption; null clears it. Other custom fields stay unchanged.
    ///
    /// When the patch is sent, the client looks up the field's ID and type in the account's definitions, which it
    /// fetches once. If the account doesn't have the caption, or the value has another type, an error is returned and
    /// the patch isn't sent.
    #[must_use]
    pub fn custom_field(mut self, caption: impl Into<String>, value: impl Into<Value>) -> Self {
        let fields = self.custom_fields.get_or_insert_with(|| {
            let path = std::any::type_name::<T>();
            let record = path.rsplit("::").next().unwrap_or(path);
            CaptionedValues { record, fields: T::default().field_names(), values: Vec::new() }
        });
        fields.values.push((caption.into(), value.into()));
        self
    }
}

/// Returns the fields that are set and that a caller may set, as JSON.
fn members(model: &dyn ModelFields) -> Vec<(&str, String)> {
    let omitted = WriteMode::Body.omitted(model);
    let names = model.field_names();
    let known = names.iter().enumerate().filter(|(index, _)| !omitted.contains(index));
    let known = known
        .filter_map(|(index, name)| Some((*name, model.field(index).get()?.to_json_as(WriteMode::BodyPart))));
    let is_omitted = |name: &str| omitted.iter().any(|index| names[*index] == name);
    let unknown = model.unknown_fields().iter().filter(|(name, _)| !is_omitted(name));
    known.chain(unknown.map(|(name, value)| (name, value.to_json_string()))).collect()
}

impl<T: ?Sized> Default for Patch<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: ?Sized> Clone for Patch<T> {
    fn clone(&self) -> Self {
        Self {
            operations: self.operations.clone(),
            custom_fields: self.custom_fields.clone(),
            record: PhantomData,
        }
    }
}

impl<T: ?Sized> PartialEq for Patch<T> {
    fn eq(&self, other: &Self) -> bool {
        self.operations == other.operations && self.custom_fields == other.custom_fields
    }
}

impl<T: ?Sized> fmt::Debug for Patch<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Patch {}", self.to_json(PatchPaths::Bare))?;
        let values = self.custom_fields.iter().flat_map(|fields| &fields.values);
        values.into_iter().try_for_each(|(caption, value)| write!(f, " {caption:?}={value}"))
    }
}
