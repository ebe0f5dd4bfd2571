//! Deserializes every model with one visitor. It fills a [`ValueMut`] from any self-describing format, tries the field
//! after the last one first (servers write fields in a fixed order), and reports where in the document a value has the
//! wrong type.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::access::{FieldMut, ListValue, MapValue, ModelFields, ValueMut};
use super::json_path::JsonPath;

/// Fills `value` from `deserializer`. The format must be self-describing, as JSON is.
///
/// A `null` makes a field absent and is left out of lists and maps, except where free JSON is expected.
///
/// # Errors
/// Returns an error for a value of the wrong type, with its path (`lines[3].quantity: expected an integer, found text`),
/// and for input that the format itself rejects.
pub fn deserialize_into<'de, D: Deserializer<'de>>(
    deserializer: D,
    value: ValueMut<'_>,
) -> Result<(), D::Error> {
    let path = JsonPath::default();
    let expected = expected(&value);
    match deserializer.deserialize_any(ValueVisitor { value, path: &path }) {
        Ok(true) => Ok(()),
        Ok(false) => Err(mismatch(expected, "null")),
        Err(error) if path.is_empty() => Err(error),
        Err(error) => Err(D::Error::custom(format_args!("{path}: {error}"))),
    }
}

/// Where the next value is stored. The value is created only once the input is known not to be null.
enum Destination<'a> {
    Field(FieldMut<'a>),
    Item(&'a mut dyn ListValue),
    Entry(&'a mut dyn MapValue, &'a str),
}

impl<'a> Destination<'a> {
    fn into_value(self) -> ValueMut<'a> {
        match self {
            Self::Field(FieldMut::Boolean(field)) => ValueMut::Boolean(field.insert(false)),
            Self::Field(FieldMut::Integer(field)) => ValueMut::Integer(field.insert(0)),
            Self::Field(FieldMut::Long(field)) => ValueMut::Long(field.insert(0)),
            Self::Field(FieldMut::Number(field)) => ValueMut::Number(field.insert(0.0)),
            Self::Field(FieldMut::Text(field)) => ValueMut::Text(field.insert(String::new())),
            Self::Field(FieldMut::Other(field)) => field.insert_default(),
            Self::Item(list) => list.push(),
            Self::Entry(entries, key) => entries.put(key),
        }
    }

    fn null(self) {
        match self {
            Self::Field(FieldMut::Boolean(field)) => *field = None,
            Self::Field(FieldMut::Integer(field)) => *field = None,
            Self::Field(FieldMut::Long(field)) => *field = None,
            Self::Field(FieldMut::Number(field)) => *field = None,
            Self::Field(FieldMut::Text(field)) => *field = None,
            Self::Field(FieldMut::Other(field)) => field.clear(),
            Self::Item(list) => {
                if !null_into(list.push()) {
                    list.pop();
                }
            }
            Self::Entry(entries, key) => {
                if !null_into(entries.put(key)) {
                    entries.remove(key);
                }
            }
        }
    }
}

/// Stores null in a value that can hold it. Returns whether it could.
fn null_into(value: ValueMut<'_>) -> bool {
    match value {
        ValueMut::Any(target) => {
            *target = Value::Null;
            true
        }
        _ => false,
    }
}

struct DestinationVisitor<'a, 't> {
    destination: Destination<'a>,
    path: &'t JsonPath,
}

impl<'a, 't> DestinationVisitor<'a, 't> {
    fn into_value_visitor(self) -> ValueVisitor<'a, 't> {
        ValueVisitor { value: self.destination.into_value(), path: self.path }
    }
}

impl<'de> DeserializeSeed<'de> for DestinationVisitor<'_, '_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for DestinationVisitor<'_, '_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<bool, E> {
        self.into_value_visitor().visit_bool(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<bool, E> {
        self.into_value_visitor().visit_i64(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<bool, E> {
        self.into_value_visitor().visit_u64(value)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<bool, E> {
        self.into_value_visitor().visit_f64(value)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<bool, E> {
        self.into_value_visitor().visit_str(value)
    }

    fn visit_string<E: Error>(self, value: String) -> Result<bool, E> {
        self.into_value_visitor().visit_string(value)
    }

    fn visit_unit<E: Error>(self) -> Result<bool, E> {
        self.destination.null();
        Ok(true)
    }

    fn visit_none<E: Error>(self) -> Result<bool, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<bool, A::Error> {
        self.into_value_visitor().visit_seq(seq)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<bool, A::Error> {
        self.into_value_visitor().visit_map(map)
    }
}

/// Fills a value. Returns false for a null that the value can't hold.
struct ValueVisitor<'a, 't> {
    value: ValueMut<'a>,
    path: &'t JsonPath,
}

impl<'de> Visitor<'de> for ValueVisitor<'_, '_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(expected(&self.value))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<bool, E> {
        match self.value {
            ValueMut::Boolean(target) => *target = value,
            ValueMut::Any(target) => *target = Value::Bool(value),
            ValueMut::Union(target) => target.set(Value::Bool(value)),
            other => return Err(mismatch(expected(&other), "true or false")),
        }
        Ok(true)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<bool, E> {
        match self.value {
            ValueMut::Integer(target) => match i32::try_from(value) {
                Ok(value) => *target = value,
                Err(_) => return Err(mismatch("a 32-bit integer", value)),
            },
            ValueMut::Long(target) => *target = value,
            ValueMut::Unsigned(target) => match u64::try_from(value) {
                Ok(value) => *target = value,
                Err(_) => return Err(mismatch("an integer that is not negative", value)),
            },
            ValueMut::Number(target) => *target = value as f64,
            ValueMut::Any(target) => *target = Value::from(value),
            ValueMut::Union(target) => target.set(Value::from(value)),
            other => return Err(mismatch(expected(&other), "a number")),
        }
        Ok(true)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<bool, E> {
        if let Ok(value) = i64::try_from(value) {
            return self.visit_i64(value);
        }
        match self.value {
            ValueMut::Unsigned(target) => *target = value,
            ValueMut::Number(target) => *target = value as f64,
            ValueMut::Any(target) => *target = Value::from(value),
            ValueMut::Union(target) => target.set(Value::from(value)),
            ValueMut::Integer(_) => return Err(mismatch("a 32-bit integer", value)),
            ValueMut::Long(_) => return Err(mismatch("a 64-bit integer", value)),
            other => return Err(mismatch(expected(&other), "a number")),
        }
        Ok(true)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<bool, E> {
        match self.value {
            ValueMut::Number(target) => {
                *target = value;
                Ok(true)
            }
            ValueMut::Any(target) => {
                *target = Value::from(value);
                Ok(true)
            }
            ValueMut::Union(target) => {
                target.set(Value::from(value));
                Ok(true)
            }
            // Some servers write whole numbers as 5.0.
            ValueMut::Integer(_) | ValueMut::Long(_) | ValueMut::Unsigned(_) => match whole(value) {
                Some(value) => self.visit_i64(value),
                None => Err(mismatch(expected(&self.value), value)),
            },
            other => Err(mismatch(expected(&other), "a number")),
        }
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<bool, E> {
        match self.value {
            ValueMut::Text(target) => value.clone_into(target),
            ValueMut::OpenEnum(target) => target.set(value),
            ValueMut::Any(target) => *target = Value::String(value.to_owned()),
            ValueMut::Union(target) => target.set(Value::String(value.to_owned())),
            other => return Err(mismatch(expected(&other), "text")),
        }
        Ok(true)
    }

    fn visit_string<E: Error>(self, value: String) -> Result<bool, E> {
        match self.value {
            ValueMut::Text(target) => *target = value,
            ValueMut::OpenEnum(target) => target.set(&value),
            ValueMut::Any(target) => *target = Value::String(value),
            ValueMut::Union(target) => target.set(Value::String(value)),
            other => return Err(mismatch(expected(&other), "text")),
        }
        Ok(true)
    }

    fn visit_unit<E: Error>(self) -> Result<bool, E> {
        Ok(null_into(self.value))
    }

    fn visit_none<E: Error>(self) -> Result<bool, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<bool, A::Error> {
        let list = match self.value {
            ValueMut::List(list) => list,
            ValueMut::Any(target) => {
                *target = Value::deserialize(SeqAccessDeserializer::new(seq))?;
                return Ok(true);
            }
            ValueMut::Union(target) => {
                target.set(Value::deserialize(SeqAccessDeserializer::new(seq))?);
                return Ok(true);
            }
            other => return Err(mismatch(expected(&other), "a list")),
        };
        for index in 0.. {
            let destination = DestinationVisitor { destination: Destination::Item(list), path: self.path };
            match seq.next_element_seed(destination) {
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(error) => {
                    self.path.index(index);
                    return Err(error);
                }
            }
        }
        Ok(true)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<bool, A::Error> {
        match self.value {
            ValueMut::Object(model) => read_fields(model, map, self.path)?,
            ValueMut::Map(entries) => read_map(entries, map, self.path)?,
            ValueMut::Any(target) => *target = Value::deserialize(MapAccessDeserializer::new(map))?,
            ValueMut::Union(target) => target.set(Value::deserialize(MapAccessDeserializer::new(map))?),
            other => return Err(mismatch(expected(&other), "an object")),
        }
        Ok(true)
    }
}

fn read_fields<'de, A: MapAccess<'de>>(
    model: &mut dyn ModelFields,
    mut map: A,
    path: &JsonPath,
) -> Result<(), A::Error> {
    let names = model.field_names();
    let mut next = 0;
    while let Some(name) = map.next_key_seed(NameSeed { names, next })? {
        match name {
            MemberName::Known(index) => {
                next = index + 1;
                let destination =
                    DestinationVisitor { destination: Destination::Field(model.field_mut(index)), path };
                if let Err(error) = map.next_value_seed(destination) {
                    path.name(names[index]);
                    return Err(error);
                }
            }
            MemberName::Unknown(name) => match map.next_value::<Value>() {
                Ok(value) => model.unknown_fields_mut().insert(name, value),
                Err(error) => {
                    path.key(name);
                    return Err(error);
                }
            },
        }
    }
    Ok(())
}

fn read_map<'de, A: MapAccess<'de>>(
    entries: &mut dyn MapValue,
    mut map: A,
    path: &JsonPath,
) -> Result<(), A::Error> {
    while let Some(key) = map.next_key_seed(KeySeed)? {
        let destination = DestinationVisitor { destination: Destination::Entry(entries, &key), path };
        if let Err(error) = map.next_value_seed(destination) {
            path.key(key.into_owned());
            return Err(error);
        }
    }
    Ok(())
}

/// Reads a map's key, borrowed where the input allows it: it is needed twice, but owned only once.
struct KeySeed;

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for KeySeed {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Self::Value, E> {
        Ok(Cow::Owned(value))
    }
}

/// The name of a member: the index of a field of the model, or a name that the model does not know.
enum MemberName {
    Known(usize),
    Unknown(String),
}

/// Reads a member's name and looks it up, beginning with the one after the last that was found.
struct NameSeed {
    names: &'static [&'static str],
    next: usize,
}

impl<'de> DeserializeSeed<'de> for NameSeed {
    type Value = MemberName;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<MemberName, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for NameSeed {
    type Value = MemberName;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<MemberName, E> {
        let (before, after) = self.names.split_at(self.next);
        if let Some(index) = after.iter().position(|name| *name == value) {
            return Ok(MemberName::Known(self.next + index));
        }
        Ok(match before.iter().position(|name| *name == value) {
            Some(index) => MemberName::Known(index),
            None => MemberName::Unknown(value.to_owned()),
        })
    }
}

fn whole(value: f64) -> Option<i64> {
    // 2^63 as a float; the bound itself no longer fits.
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    (value.fract() == 0.0 && (-LIMIT..LIMIT).contains(&value)).then_some(value as i64)
}

fn expected(value: &ValueMut<'_>) -> &'static str {
    match value {
        ValueMut::Boolean(_) => "true or false",
        ValueMut::Integer(_) => "an integer",
        ValueMut::Long(_) | ValueMut::Unsigned(_) => "an integer",
        ValueMut::Number(_) => "a number",
        ValueMut::Text(_) | ValueMut::OpenEnum(_) => "text",
        ValueMut::Object(_) | ValueMut::Map(_) => "an object",
        ValueMut::List(_) => "a list",
        ValueMut::Any(_) | ValueMut::Union(_) => "a value",
    }
}

fn mismatch<E: Error>(expected: &str, found: impl fmt::Display) -> E {
    E::custom(format_args!("expected {expected}, found {found}"))
}
