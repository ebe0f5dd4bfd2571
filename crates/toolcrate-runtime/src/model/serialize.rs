//! Serializes every model. Absent fields are not written, unless the unknown fields have them; unknown fields are
//! written after the known ones.

use std::fmt;

use serde_core::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::access::{FieldRef, ModelFields, ValueRef};

/// Serializes a model as an object.
///
/// # Errors
/// Returns the errors of the serializer.
pub fn serialize_fields<S: Serializer>(model: &dyn ModelFields, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    let names = model.field_names();
    for (index, name) in names.iter().enumerate() {
        // Scalars are written directly, without a `ValueRef` in between: there are many of them.
        match model.field(index) {
            FieldRef::Boolean(None) | FieldRef::Integer(None) | FieldRef::Long(None) => {}
            FieldRef::Number(None) | FieldRef::Text(None) => {}
            FieldRef::Boolean(Some(value)) => map.serialize_entry(name, &value)?,
            FieldRef::Integer(Some(value)) => map.serialize_entry(name, &value)?,
            FieldRef::Long(Some(value)) => map.serialize_entry(name, &value)?,
            FieldRef::Number(Some(value)) => map.serialize_entry(name, &value)?,
            FieldRef::Text(Some(value)) => map.serialize_entry(name, value)?,
            FieldRef::Other(value) => {
                if let Some(value) = value.get() {
                    map.serialize_entry(name, &value)?;
                }
            }
        }
    }
    for (name, value) in model.unknown_fields().iter() {
        // A field that is known is unknown too if its value had another type, or if a null empties it. Set since, it would
        // occur twice.
        let known = names.iter().position(|known| *known == name);
        if known.is_none_or(|index| model.field(index).get().is_none()) {
            map.serialize_entry(name, value)?;
        }
    }
    map.end()
}

/// Returns true if and only if two models of one type have the same fields.
pub fn fields_equal(a: &dyn ModelFields, b: &dyn ModelFields) -> bool {
    let same = |index| a.field(index).get() == b.field(index).get();
    (0..a.field_names().len()).all(same) && a.unknown_fields() == b.unknown_fields()
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
        match *self {
            Self::Boolean(value) => serializer.serialize_bool(value),
            Self::Integer(value) => serializer.serialize_i32(value),
            Self::Long(value) => serializer.serialize_i64(value),
            Self::Unsigned(value) => serializer.serialize_u64(value),
            Self::Number(value) => serializer.serialize_f64(value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::Object(model) => serialize_fields(model, serializer),
            Self::List(list) => {
                let mut seq = serializer.serialize_seq(Some(list.len()))?;
                let mut index = 0;
                while let Some(item) = list.item(index) {
                    seq.serialize_element(&item)?;
                    index += 1;
                }
                seq.end()
            }
            Self::Map(entries) => {
                let mut map = serializer.serialize_map(None)?;
                for (key, value) in entries.entries() {
                    map.serialize_entry(key, &value)?;
                }
                map.end()
            }
            Self::Any(value) => value.serialize(serializer),
        }
    }
}

impl ValueRef<'_> {
    /// Returns the value as JSON.
    pub fn to_json_string(&self) -> String {
        // Writing to memory can't fail, and neither can a value whose keys are all text.
        serde_json::to_string(self).unwrap_or_else(|_| "null".to_owned())
    }
}

/// Formats a model for `Debug`: the name of the type and the object as JSON.
///
/// # Errors
/// Returns the errors of the formatter.
pub fn fmt_debug(name: &str, model: &dyn ModelFields, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{name} {}", ValueRef::Object(model).to_json_string())
}
