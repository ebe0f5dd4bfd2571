//! Deserializes every model with one visitor, which fills a [`ValueMut`] from any self-describing format. Servers write
//! fields in a fixed order, so the visitor first compares each key with the field after the previous match.
//!
//! If a value's type doesn't match the API description, the field is left unset, and the raw value is kept in the
//! object's [unknown fields](crate::UnknownFields) under the same name. An unexpected value therefore doesn't make the
//! entire response fail, and it is preserved when the object is written back. A top-level list has no such object, so
//! items with an unexpected type are returned to the caller.

use std::cell::RefCell;
use std::fmt;

use serde_core::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde_core::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::access::{FieldMut, ListValue, MapValue, ModelFields, ValueMut};
use super::deserialize_error::{expected, in_path, mismatch};
use super::field_order::FieldOrder;
use super::filled::{Filled, NullFields, OddValue, odd, to_json};
use super::json_path::JsonPath;
use super::member_name::{KeySeed, MemberName, NameSeed};
use super::raw_number::{RAW_VALUE, read_raw_number};
use super::skipped::SkippedItem;
use crate::value::{Date, Number, Timestamp};

/// Fills `value` from `deserializer`. The format must be self-describing, like JSON.
///
/// A `null` makes a field absent and is left out of lists and maps, except where arbitrary JSON is expected.
///
/// # Errors
/// Returns an error if the value itself has the wrong type (`expected an object, got text`), and for input that the
/// format rejects, with its path.
pub fn deserialize_into<'de, D: Deserializer<'de>>(
    deserializer: D,
    value: ValueMut<'_>,
) -> Result<(), D::Error> {
    fill(deserializer, value, None)
}

/// Fills `value` like [`deserialize_into`], but leaves out the items of a list or a map that have another type, and
/// returns them.
///
/// # Errors
/// Returns the errors of [`deserialize_into`], and an error if all items have another type.
pub fn deserialize_items<'de, D: Deserializer<'de>>(
    deserializer: D,
    value: ValueMut<'_>,
) -> Result<Vec<SkippedItem>, D::Error> {
    let skipped = RefCell::default();
    fill(deserializer, value, Some(&skipped))?;
    Ok(skipped.into_inner())
}

fn fill<'de, D: Deserializer<'de>>(
    deserializer: D,
    value: ValueMut<'_>,
    skipped: Option<&RefCell<Vec<SkippedItem>>>,
) -> Result<(), D::Error> {
    let path = JsonPath::default();
    let expected = expected(&value);
    match deserializer.deserialize_any(ValueVisitor { value, path: &path, skipped }) {
        Ok(Filled::Value | Filled::EmptyObject(_)) => Ok(()),
        Ok(Filled::Null) => Err(mismatch(expected, "null")),
        Ok(Filled::Odd(odd)) => Err(in_path(&path, mismatch(odd.expected, odd.found))),
        Err(error) => Err(in_path(&path, error)),
    }
}

/// The destination of the next value. The value is created only once the input is known not to be null.
enum Destination<'a> {
    Field(FieldMut<'a>),
    Item(&'a mut dyn ListValue),
    /// Behind a pointer, so that a destination is no larger than a field.
    Entry(&'a mut MapEntry<'a>),
}

struct MapEntry<'a> {
    entries: &'a mut dyn MapValue,
    key: &'a str,
}

impl<'a> Destination<'a> {
    #[inline]
    fn into_value(self) -> ValueMut<'a> {
        match self {
            Self::Field(field) => field.insert_default(),
            Self::Item(list) => list.push(),
            Self::Entry(entry) => entry.entries.put(entry.key),
        }
    }

    fn null(self) -> Filled {
        match self {
            Self::Field(field) => {
                field.clear();
                return Filled::Null;
            }
            Self::Item(list) => {
                if !null_into(list.push()) {
                    list.pop();
                }
            }
            Self::Entry(MapEntry { entries, key }) => {
                if !null_into(entries.put(key)) {
                    entries.remove(key);
                }
            }
        }
        Filled::Value
    }
}

/// Stores null in a value that can represent it. Returns false if it can't.
fn null_into(value: ValueMut<'_>) -> bool {
    matches!(json_into(value, Value::Null), Filled::Value)
}

/// Stores a value in a target that accepts any type. For any other target, its type doesn't match.
fn json_into(target: ValueMut<'_>, value: impl Into<Value>) -> Filled {
    match target {
        ValueMut::Any(target) => *target = value.into(),
        ValueMut::Union(target) => target.set(value.into()),
        other => return odd(value, expected(&other)),
    }
    Filled::Value
}

/// Most values are scalars in fields, which are stored without the detour through a [`ValueMut`].
struct DestinationVisitor<'a, 't> {
    destination: Destination<'a>,
    path: &'t JsonPath,
}

impl<'a, 't> DestinationVisitor<'a, 't> {
    #[inline]
    fn into_value_visitor(self) -> ValueVisitor<'a, 't> {
        ValueVisitor { value: self.destination.into_value(), path: self.path, skipped: None }
    }
}

impl<'de> DeserializeSeed<'de> for DestinationVisitor<'_, '_> {
    type Value = Filled;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Filled, D::Error> {
        match self.destination {
            Destination::Field(FieldMut::Number(_)) => {
                deserializer.deserialize_newtype_struct(RAW_VALUE, self)
            }
            _ => deserializer.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for DestinationVisitor<'_, '_> {
    type Value = Filled;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Filled, E> {
        match self.destination {
            Destination::Field(FieldMut::Boolean(field)) => *field = Some(value),
            _ => return self.into_value_visitor().visit_bool(value),
        }
        Ok(Filled::Value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Filled, E> {
        self.into_value_visitor().visit_i64(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Filled, E> {
        match (self.destination, i32::try_from(value)) {
            (Destination::Field(FieldMut::Integer(field)), Ok(value)) => *field = Some(value),
            (destination, _) => return Self { destination, ..self }.into_value_visitor().visit_u64(value),
        }
        Ok(Filled::Value)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Filled, E> {
        self.into_value_visitor().visit_f64(value)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Filled, E> {
        match self.destination {
            Destination::Field(FieldMut::Text(field)) => *field = Some(value.to_owned()),
            destination => return Self { destination, ..self }.into_value_visitor().visit_str(value),
        }
        Ok(Filled::Value)
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Filled, E> {
        self.into_value_visitor().visit_string(value)
    }

    fn visit_unit<E: Error>(self) -> Result<Filled, E> {
        Ok(self.destination.null())
    }

    fn visit_none<E: Error>(self) -> Result<Filled, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Filled, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Filled, A::Error> {
        self.into_value_visitor().visit_seq(seq)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Filled, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Filled, A::Error> {
        match self.destination {
            Destination::Field(FieldMut::Number(field)) => read_raw_number(field, map),
            destination => Self { destination, ..self }.into_value_visitor().visit_map(map),
        }
    }
}

struct ValueVisitor<'a, 't> {
    value: ValueMut<'a>,
    path: &'t JsonPath,
    skipped: Option<&'t RefCell<Vec<SkippedItem>>>,
}

impl<'de> Visitor<'de> for ValueVisitor<'_, '_> {
    type Value = Filled;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(expected(&self.value))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Filled, E> {
        match self.value {
            ValueMut::Boolean(target) => *target = value,
            other => return Ok(json_into(other, value)),
        }
        Ok(Filled::Value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Filled, E> {
        match self.value {
            ValueMut::Integer(target) => match i32::try_from(value) {
                Ok(value) => *target = value,
                Err(_) => return Ok(odd(value, "a 32-bit integer")),
            },
            ValueMut::Long(target) => *target = value,
            ValueMut::Unsigned(target) => match u64::try_from(value) {
                Ok(value) => *target = value,
                Err(_) => return Ok(odd(value, "a non-negative integer")),
            },
            ValueMut::Number(target) => *target = Number::from(value),
            other => return Ok(json_into(other, value)),
        }
        Ok(Filled::Value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Filled, E> {
        if let Ok(value) = i64::try_from(value) {
            return self.visit_i64(value);
        }
        match self.value {
            ValueMut::Unsigned(target) => *target = value,
            ValueMut::Number(target) => *target = Number::from(value as f64),
            other => return Ok(json_into(other, value)),
        }
        Ok(Filled::Value)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Filled, E> {
        match self.value {
            ValueMut::Number(target) => {
                *target = Number::from(value);
                Ok(Filled::Value)
            }
            // Some servers write integers as 5.0.
            ValueMut::Integer(_) | ValueMut::Long(_) | ValueMut::Unsigned(_) => match whole(value) {
                Some(value) => self.visit_i64(value),
                None => Ok(odd(value, expected(&self.value))),
            },
            other => Ok(json_into(other, value)),
        }
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Filled, E> {
        match self.value {
            // Unlike `clone_into`, this allocates exactly what is needed.
            ValueMut::Text(target) => *target = value.to_owned(),
            ValueMut::OpenEnum(target) => target.set(value),
            ValueMut::Timestamp(target) => match Timestamp::parse(value) {
                Some(value) => *target = value,
                None => return Ok(odd(value, "a date and time")),
            },
            ValueMut::Date(target) => match Date::parse(value) {
                Some(value) => *target = value,
                None => return Ok(odd(value, "a date")),
            },
            other => return Ok(json_into(other, value)),
        }
        Ok(Filled::Value)
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Filled, E> {
        match self.value {
            ValueMut::Text(target) => {
                *target = value;
                Ok(Filled::Value)
            }
            target @ (ValueMut::Any(_) | ValueMut::Union(_)) => Ok(json_into(target, value)),
            target => ValueVisitor { value: target, ..self }.visit_str(&value),
        }
    }

    fn visit_unit<E: Error>(self) -> Result<Filled, E> {
        Ok(if null_into(self.value) { Filled::Value } else { Filled::Null })
    }

    fn visit_none<E: Error>(self) -> Result<Filled, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Filled, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Filled, A::Error> {
        let list = match self.value {
            ValueMut::List(list) => list,
            other => return Ok(json_into(other, Value::deserialize(SeqAccessDeserializer::new(seq))?)),
        };
        for index in 0.. {
            let destination = DestinationVisitor { destination: Destination::Item(list), path: self.path };
            match seq.next_element_seed(destination) {
                Ok(Some(Filled::Odd(odd))) => {
                    list.pop();
                    if let Some(skipped) = self.skipped {
                        self.path.clear();
                        skipped.borrow_mut().push(SkippedItem::new(index, *odd));
                        continue;
                    }
                    self.path.index(index);
                    let before = (0..list.len()).filter_map(|index| to_json(list.item(index)?));
                    let mut items: Vec<Value> = before.chain([odd.value]).collect();
                    while let Some(item) = seq.next_element()? {
                        items.push(item);
                    }
                    return Ok(Filled::Odd(Box::new(OddValue { value: Value::Array(items), ..*odd })));
                }
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(error) => {
                    self.path.index(index);
                    return Err(error);
                }
            }
        }
        Ok(match self.skipped.and_then(|skipped| only_odd(list.is_empty(), skipped)) {
            Some((position, odd)) => {
                self.path.index(position.parse().unwrap_or_default());
                Filled::Odd(Box::new(odd))
            }
            None => Filled::Value,
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Filled, A::Error> {
        match self.value {
            ValueMut::Object(model) => read_fields(model, map, self.path),
            ValueMut::Map(entries) => read_map(entries, map, self.path, self.skipped),
            other => Ok(json_into(other, Value::deserialize(MapAccessDeserializer::new(map))?)),
        }
    }
}

fn read_fields<'de, A: MapAccess<'de>>(
    model: &mut dyn ModelFields,
    mut map: A,
    path: &JsonPath,
) -> Result<Filled, A::Error> {
    let names = model.field_names();
    let mut order = FieldOrder::of_model(names);
    let mut is_empty = true;
    let mut nulls = Vec::new();
    while let Some(name) = map.next_key_seed(NameSeed { names, next: order.next() })? {
        match name {
            MemberName::Known(index) => {
                order.found(index);
                let destination =
                    DestinationVisitor { destination: Destination::Field(model.field_mut(index)), path };
                match map.next_value_seed(destination) {
                    Ok(Filled::Odd(odd)) => {
                        path.clear();
                        model.field_mut(index).clear();
                        model.unknown_fields_mut().insert(names[index], odd.value);
                    }
                    Ok(Filled::Null) => {
                        nulls.push(names[index]);
                        model.unknown_fields_mut().remember_null(names[index]);
                        continue;
                    }
                    // A reference without fields is treated as absent, so its object would be lost.
                    Ok(Filled::EmptyObject(nulls)) if model.field(index).get().is_none() => {
                        let object = nulls.0.into_iter().map(|name| (name.to_owned(), Value::Null));
                        model.unknown_fields_mut().insert(names[index], object.collect::<Map<_, _>>());
                    }
                    Ok(_) => {}
                    Err(error) => {
                        path.name(names[index]);
                        return Err(error);
                    }
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
        is_empty = false;
    }
    Ok(if is_empty { Filled::EmptyObject(Box::new(NullFields(nulls))) } else { Filled::Value })
}

fn read_map<'de, A: MapAccess<'de>>(
    entries: &mut dyn MapValue,
    mut map: A,
    path: &JsonPath,
    skipped: Option<&RefCell<Vec<SkippedItem>>>,
) -> Result<Filled, A::Error> {
    while let Some(key) = map.next_key_seed(KeySeed)? {
        let mut entry = MapEntry { entries: &mut *entries, key: &key };
        let destination = DestinationVisitor { destination: Destination::Entry(&mut entry), path };
        match map.next_value_seed(destination) {
            Ok(Filled::Odd(odd)) => {
                entries.remove(&key);
                if let Some(skipped) = skipped {
                    path.clear();
                    skipped.borrow_mut().push(SkippedItem::new(&key, *odd));
                    continue;
                }
                let before = entries.entries();
                let mut members: Map<String, Value> =
                    before.filter_map(|(key, value)| Some((key.to_owned(), to_json(value)?))).collect();
                path.key(key.clone().into_owned());
                members.insert(key.into_owned(), odd.value);
                while let Some((key, value)) = map.next_entry()? {
                    members.insert(key, value);
                }
                return Ok(Filled::Odd(Box::new(OddValue { value: Value::Object(members), ..*odd })));
            }
            Ok(_) => {}
            Err(error) => {
                path.key(key.into_owned());
                return Err(error);
            }
        }
    }
    Ok(match skipped.and_then(|skipped| only_odd(entries.entries().next().is_none(), skipped)) {
        Some((key, odd)) => {
            path.key(key);
            Filled::Odd(Box::new(odd))
        }
        None => Filled::Value,
    })
}

/// Returns the first skipped item with its position if there are no others: the response isn't what was requested.
fn only_odd(is_empty: bool, skipped: &RefCell<Vec<SkippedItem>>) -> Option<(String, OddValue)> {
    let mut skipped = skipped.borrow_mut();
    (is_empty && !skipped.is_empty()).then(|| skipped.swap_remove(0).into_odd_value())
}

fn whole(value: f64) -> Option<i64> {
    // 2^63 as a float; the limit itself no longer fits.
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    (value.fract() == 0.0 && (-LIMIT..LIMIT).contains(&value)).then_some(value as i64)
}
