//! Finds the fields of a typed record by walking an empty value of the record's type, so no table, per-type code or
//! tool catalog is needed.

use toolcrate_catalog::FilterScalar;

use crate::api::ExtraField;
use crate::model::{ModelFields, ValueMut};

use super::operand::FilterValueKind;

/// Provides an empty value of a type.
pub(crate) type EmptyValueFn = fn(&mut dyn FnMut(ValueMut<'_>));

/// The target of a path.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RecordField {
    pub(super) path: String,
    pub(super) kind: FilterValueKind,
    /// True if it is in one of the record's lists.
    pub(super) in_list: bool,
}

/// The fields of a record type.
#[derive(Clone, Copy)]
pub(crate) struct RecordFields {
    empty: EmptyValueFn,
    /// Fields by which records can be filtered and sorted although they don't contain them.
    extra: &'static [ExtraField],
}

impl RecordFields {
    /// Returns the fields of the records that `empty` creates, or of the records in the lists that it creates; `None`
    /// if there are no records of a known type.
    pub(crate) fn new(empty: EmptyValueFn, extra: &'static [ExtraField]) -> Option<Self> {
        let fields = Self { empty, extra };
        fields.with_record(|_| ()).map(|()| fields)
    }

    fn with_record<R>(&self, mut read: impl FnMut(&mut dyn ModelFields) -> R) -> Option<R> {
        let mut result = None;
        (self.empty)(&mut |value| match value {
            ValueMut::Object(record) => result = Some(read(record)),
            ValueMut::List(list) => {
                if let ValueMut::Object(record) = list.push() {
                    result = Some(read(record));
                }
            }
            _ => {}
        });
        result
    }

    /// Returns the field at `path`, if the record has it.
    pub(super) fn find(&self, path: &str) -> Option<RecordField> {
        let found = self.with_record(|record| find_in(record, path, false)).flatten();
        let found = found.or_else(|| {
            let extra = self.extra.iter().find(|extra| extra.name == path)?;
            self.has(extra.beside).then_some((extra.kind.into(), false))
        });
        found.map(|(kind, in_list)| RecordField { path: path.to_owned(), kind, in_list })
    }

    /// Returns the field to which a comparison with text, or with another value, refers: the field at `path`, or the
    /// identifying field of the reference at `path`.
    pub(super) fn find_compared(&self, path: &str, is_text: bool) -> Option<RecordField> {
        let found = self.find(path)?;
        if found.kind != FilterValueKind::Object {
            return Some(found);
        }
        let endings: &[&str] = if is_text { &["identifier", "name"] } else { &["id"] };
        let within = endings.iter().find_map(|ending| self.find(&format!("{path}/{ending}")));
        Some(within.unwrap_or(found))
    }

    /// Returns true if and only if the record has a field with this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.with_record(|record| record.field_names().contains(&name)).unwrap_or(false)
    }

    /// Returns the paths of the record's fields, including nested ones.
    pub(crate) fn paths(&self) -> Vec<String> {
        let mut paths = self.with_record(|record| paths_in(record, "", true)).unwrap_or_default();
        let extra = self.extra.iter().filter(|extra| self.has(extra.beside));
        paths.extend(extra.map(|extra| extra.name.to_owned()));
        paths
    }

    /// Returns true if and only if the record has a value at `path`.
    pub(crate) fn contains(&self, path: &str) -> bool {
        self.find(path).is_some()
    }
}

impl From<FilterScalar> for FilterValueKind {
    fn from(kind: FilterScalar) -> Self {
        match kind {
            FilterScalar::Boolean => Self::Boolean,
            FilterScalar::Integer => Self::Integer,
            FilterScalar::Number => Self::Number,
            FilterScalar::Text => Self::Text,
            FilterScalar::Date | FilterScalar::DateTime => Self::Date,
        }
    }
}

fn find_in(record: &mut dyn ModelFields, path: &str, in_list: bool) -> Option<(FilterValueKind, bool)> {
    let (name, rest) = match path.split_once('/') {
        Some((name, rest)) => (name, Some(rest)),
        None => (path, None),
    };
    let index = record.field_names().iter().position(|other| *other == name)?;
    find_at(record.field_mut(index).insert_default(), rest, in_list)
}

fn find_at(value: ValueMut<'_>, rest: Option<&str>, in_list: bool) -> Option<(FilterValueKind, bool)> {
    let kind = match (value, rest) {
        (ValueMut::Object(record), Some(rest)) => return find_in(record, rest, in_list),
        (ValueMut::List(list), rest) => return find_at(list.push(), rest, true),
        (ValueMut::Map(_) | ValueMut::Any(_) | ValueMut::Union(_), _) => FilterValueKind::Any,
        (_, Some(_)) => return None,
        (ValueMut::Object(_), None) => FilterValueKind::Object,
        (ValueMut::Boolean(_), None) => FilterValueKind::Boolean,
        (ValueMut::Integer(_) | ValueMut::Long(_) | ValueMut::Unsigned(_), None) => FilterValueKind::Integer,
        (ValueMut::Number(_), None) => FilterValueKind::Number,
        (ValueMut::Text(_) | ValueMut::OpenEnum(_), None) => FilterValueKind::Text,
        (ValueMut::Timestamp(_) | ValueMut::Date(_), None) => FilterValueKind::Date,
    };
    Some((kind, in_list))
}

fn paths_in(record: &mut dyn ModelFields, before: &str, goes_on: bool) -> Vec<String> {
    let mut paths = Vec::new();
    for (index, name) in record.field_names().iter().enumerate() {
        let path = format!("{before}{name}");
        let mut within = |value: ValueMut<'_>| {
            if let (ValueMut::Object(record), true) = (value, goes_on) {
                paths.extend(paths_in(record, &format!("{path}/"), false));
            }
        };
        match record.field_mut(index).insert_default() {
            ValueMut::List(list) => within(list.push()),
            value => within(value),
        }
        paths.push(path);
    }
    paths
}
