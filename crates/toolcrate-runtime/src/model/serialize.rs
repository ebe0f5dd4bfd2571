//! Serializes every model. Absent fields aren't written, unless the model has an unknown field with the same name.
//! Unknown fields are written after the others.

use std::fmt;

use serde_core::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::value::RawValue;

use super::access::{FieldRef, ModelFields, ValueRef};
use crate::value::Number;

/// Serializes a model as an object.
///
/// # Errors
/// Returns the serializer's errors.
pub fn serialize_fields<S: Serializer>(model: &dyn ModelFields, serializer: S) -> Result<S::Ok, S::Error> {
    serialize_as(WriteMode::Record, model, serializer)
}

/// How a value is serialized.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum WriteMode {
    /// In any format, with all fields.
    Record,
    /// As JSON, with all fields. Numbers keep their original digits.
    Json,
    /// As a JSON request body, without server-computed fields.
    Body,
    /// As part of a request body.
    BodyPart,
}

impl WriteMode {
    /// Returns the indexes of the fields that are omitted.
    pub(crate) fn omitted(self, model: &dyn ModelFields) -> &'static [usize] {
        match self {
            Self::Record | Self::Json => &[],
            Self::Body => model.server_fields().in_body,
            Self::BodyPart => model.server_fields().in_part,
        }
    }

    /// Returns the mode for nested values.
    fn within(self) -> Self {
        if self == Self::Body { Self::BodyPart } else { self }
    }
}

fn serialize_as<S: Serializer>(
    mode: WriteMode,
    model: &dyn ModelFields,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    let names = model.field_names();
    let (omitted, within) = (mode.omitted(model), mode.within());
    for (index, name) in names.iter().enumerate() {
        if omitted.contains(&index) {
            continue;
        }
        // Scalars are written directly, without a `ValueRef`, because there are many of them.
        match model.field(index) {
            FieldRef::Boolean(None) | FieldRef::Integer(None) | FieldRef::Long(None) => {}
            FieldRef::Number(None) | FieldRef::Text(None) | FieldRef::Timestamp(None) => {}
            FieldRef::Boolean(Some(value)) => map.serialize_entry(name, &value)?,
            FieldRef::Integer(Some(value)) => map.serialize_entry(name, &value)?,
            FieldRef::Long(Some(value)) => map.serialize_entry(name, &value)?,
            FieldRef::Text(Some(value)) => map.serialize_entry(name, value)?,
            FieldRef::Timestamp(Some(value)) => map.serialize_entry(name, &value)?,
            FieldRef::Number(Some(value)) => {
                map.serialize_entry(name, &WrittenValue { mode: within, value: ValueRef::Number(value) })?;
            }
            FieldRef::Other(value) => {
                if let Some(value) = value.get() {
                    map.serialize_entry(name, &WrittenValue { mode: within, value })?;
                }
            }
        }
    }
    for (name, value) in model.unknown_fields().iter() {
        // A known field is also among the unknown fields if its value had a different type, or if it is cleared with a
        // null. If it was set afterwards, it would occur twice.
        let known = names.iter().position(|known| *known == name);
        if known.is_none_or(|index| model.field(index).get().is_none() && !omitted.contains(&index)) {
            map.serialize_entry(name, value)?;
        }
    }
    if matches!(mode, WriteMode::Record | WriteMode::Json) {
        // A field that was null and is not set since.
        for name in model.unknown_fields().nulls() {
            let known = names.iter().position(|known| *known == name);
            if known.is_some_and(|index| model.field(index).get().is_none()) {
                map.serialize_entry(name, &())?;
            }
        }
    }
    map.end()
}

/// Returns true if and only if two models of the same type have equal fields.
pub fn fields_equal(a: &dyn ModelFields, b: &dyn ModelFields) -> bool {
    let same = |index| a.field(index).get() == b.field(index).get();
    (0..a.field_names().len()).all(same) && a.unknown_fields() == b.unknown_fields()
}

/// Returns true if and only if no field of the model is set.
pub fn fields_absent(model: &dyn ModelFields) -> bool {
    model.unknown_fields().is_empty()
        && (0..model.field_names().len()).all(|index| model.field(index).get().is_none())
}

impl PartialEq for ValueRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (*self, *other) {
            (Self::Boolean(a), Self::Boolean(b)) => a == b,
            (Self::Integer(a), Self::Integer(b)) => a == b,
            (Self::Long(a), Self::Long(b)) => a == b,
            (Self::Unsigned(a), Self::Unsigned(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => a == b,
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Timestamp(a), Self::Timestamp(b)) => a == b,
            (Self::Date(a), Self::Date(b)) => a == b,
            (Self::Object(a), Self::Object(b)) => fields_equal(a, b),
            (Self::List(a), Self::List(b)) => {
                a.len() == b.len() && (0..a.len()).all(|index| a.item(index) == b.item(index))
            }
            (Self::Map(a), Self::Map(b)) => a.entries().eq(b.entries()),
            (Self::Any(a), Self::Any(b)) => a == b,
            _ => false,
        }
    }
}

impl Serialize for ValueRef<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        WrittenValue { mode: WriteMode::Record, value: *self }.serialize(serializer)
    }
}

/// A value and its write mode.
struct WrittenValue<'a> {
    mode: WriteMode,
    value: ValueRef<'a>,
}

impl Serialize for WrittenValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mode = self.mode.within();
        match self.value {
            ValueRef::Boolean(value) => serializer.serialize_bool(value),
            ValueRef::Integer(value) => serializer.serialize_i32(value),
            ValueRef::Long(value) => serializer.serialize_i64(value),
            ValueRef::Unsigned(value) => serializer.serialize_u64(value),
            ValueRef::Number(value) if mode != WriteMode::Record => serialize_digits(value, serializer),
            ValueRef::Number(value) => value.serialize(serializer),
            ValueRef::Text(value) => serializer.serialize_str(value),
            ValueRef::Timestamp(value) => value.serialize(serializer),
            ValueRef::Date(value) => value.serialize(serializer),
            ValueRef::Object(model) => serialize_as(self.mode, model, serializer),
            ValueRef::List(list) => {
                let mut seq = serializer.serialize_seq(Some(list.len()))?;
                let mut index = 0;
                while let Some(value) = list.item(index) {
                    seq.serialize_element(&WrittenValue { mode, value })?;
                    index += 1;
                }
                seq.end()
            }
            ValueRef::Map(entries) => {
                let mut map = serializer.serialize_map(None)?;
                for (key, value) in entries.entries() {
                    map.serialize_entry(key, &WrittenValue { mode, value })?;
                }
                map.end()
            }
            ValueRef::Any(value) => value.serialize(serializer),
        }
    }
}

/// Writes all digits of a number. The serializer must be `serde_json`'s.
fn serialize_digits<S: Serializer>(number: Number, serializer: S) -> Result<S::Ok, S::Error> {
    match number.parts() {
        // The text of a number is valid JSON.
        Some((_, 1..)) => match RawValue::from_string(number.to_string()) {
            Ok(text) => text.serialize(serializer),
            Err(_) => number.serialize(serializer),
        },
        _ => number.serialize(serializer),
    }
}

impl ValueRef<'_> {
    /// Returns the value as JSON.
    pub fn to_json_string(&self) -> String {
        self.to_json_as(WriteMode::Json)
    }

    /// Returns the value as JSON, serialized in this mode.
    pub(crate) fn to_json_as(self, mode: WriteMode) -> String {
        // Writing to memory can't fail, and neither can a value with only string keys.
        serde_json::to_string(&WrittenValue { mode, value: self }).unwrap_or_else(|_| "null".to_owned())
    }
}

/// Formats a model for `Debug`: the type name, and the object as JSON.
///
/// # Errors
/// Returns the formatter's errors.
pub fn fmt_debug(name: &str, model: &dyn ModelFields, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{name} {}", ValueRef::Object(model).to_json_string())
}
