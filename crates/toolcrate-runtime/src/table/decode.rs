//! The one reader of all models. It fills a [`Place`] from any self-describing format, tries the member
//! that stands next in the table first (servers write members in a fixed order), and tells where in the
//! document a value has the wrong type.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::trail::Trail;
use super::{Entries, List, Place, Slot, Table};

/// Fills `place` from `deserializer`. The format must be self-describing, as JSON is.
///
/// `null` is an absent member and is left out of lists and maps, except where free JSON is expected.
///
/// # Errors
/// A value of the wrong type, with its path (`lines[3].quantity: expected an integer, found text`), and
/// whatever the format itself reports.
pub fn decode<'de, D: Deserializer<'de>>(deserializer: D, place: Place<'_>) -> Result<(), D::Error> {
    let trail = Trail::default();
    let expected = expected(&place);
    match deserializer.deserialize_any(PlaceVisitor { place, trail: &trail }) {
        Ok(true) => Ok(()),
        Ok(false) => Err(mismatch(expected, "null")),
        Err(error) if trail.is_empty() => Err(error),
        Err(error) => Err(D::Error::custom(format_args!("{trail}: {error}"))),
    }
}

/// Where the next value goes. The place is made only once it is known that the value isn't null.
enum Target<'a> {
    Slot(Slot<'a>),
    Item(&'a mut dyn List),
    Entry(&'a mut dyn Entries, &'a str),
}

impl<'a> Target<'a> {
    fn place(self) -> Place<'a> {
        match self {
            Self::Slot(Slot::Boolean(slot)) => Place::Boolean(slot.insert(false)),
            Self::Slot(Slot::Integer(slot)) => Place::Integer(slot.insert(0)),
            Self::Slot(Slot::Long(slot)) => Place::Long(slot.insert(0)),
            Self::Slot(Slot::Number(slot)) => Place::Number(slot.insert(0.0)),
            Self::Slot(Slot::Text(slot)) => Place::Text(slot.insert(String::new())),
            Self::Slot(Slot::Other(slot)) => slot.fill(),
            Self::Item(list) => list.push(),
            Self::Entry(entries, key) => entries.put(key),
        }
    }

    fn null(self) {
        match self {
            Self::Slot(Slot::Boolean(slot)) => *slot = None,
            Self::Slot(Slot::Integer(slot)) => *slot = None,
            Self::Slot(Slot::Long(slot)) => *slot = None,
            Self::Slot(Slot::Number(slot)) => *slot = None,
            Self::Slot(Slot::Text(slot)) => *slot = None,
            Self::Slot(Slot::Other(slot)) => slot.clear(),
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

/// Puts null into a place that can hold it; says whether it could.
fn null_into(place: Place<'_>) -> bool {
    match place {
        Place::Any(value) => {
            *value = Value::Null;
            true
        }
        _ => false,
    }
}

struct TargetVisitor<'a, 't> {
    target: Target<'a>,
    trail: &'t Trail,
}

impl<'a, 't> TargetVisitor<'a, 't> {
    fn place(self) -> PlaceVisitor<'a, 't> {
        PlaceVisitor { place: self.target.place(), trail: self.trail }
    }
}

impl<'de> DeserializeSeed<'de> for TargetVisitor<'_, '_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for TargetVisitor<'_, '_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<bool, E> {
        self.place().visit_bool(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<bool, E> {
        self.place().visit_i64(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<bool, E> {
        self.place().visit_u64(value)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<bool, E> {
        self.place().visit_f64(value)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<bool, E> {
        self.place().visit_str(value)
    }

    fn visit_string<E: Error>(self, value: String) -> Result<bool, E> {
        self.place().visit_string(value)
    }

    fn visit_unit<E: Error>(self) -> Result<bool, E> {
        self.target.null();
        Ok(true)
    }

    fn visit_none<E: Error>(self) -> Result<bool, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<bool, A::Error> {
        self.place().visit_seq(seq)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<bool, A::Error> {
        self.place().visit_map(map)
    }
}

/// Fills a place; the answer is false for a null that the place can't hold.
struct PlaceVisitor<'a, 't> {
    place: Place<'a>,
    trail: &'t Trail,
}

impl<'de> Visitor<'de> for PlaceVisitor<'_, '_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(expected(&self.place))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<bool, E> {
        match self.place {
            Place::Boolean(place) => *place = value,
            Place::Any(place) => *place = Value::Bool(value),
            other => return Err(mismatch(expected(&other), "true or false")),
        }
        Ok(true)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<bool, E> {
        match self.place {
            Place::Integer(place) => match i32::try_from(value) {
                Ok(value) => *place = value,
                Err(_) => return Err(mismatch("a 32-bit integer", value)),
            },
            Place::Long(place) => *place = value,
            Place::Number(place) => *place = value as f64,
            Place::Any(place) => *place = Value::from(value),
            other => return Err(mismatch(expected(&other), "a number")),
        }
        Ok(true)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<bool, E> {
        if let Ok(value) = i64::try_from(value) {
            return self.visit_i64(value);
        }
        match self.place {
            Place::Number(place) => *place = value as f64,
            Place::Any(place) => *place = Value::from(value),
            Place::Integer(_) => return Err(mismatch("a 32-bit integer", value)),
            Place::Long(_) => return Err(mismatch("a 64-bit integer", value)),
            other => return Err(mismatch(expected(&other), "a number")),
        }
        Ok(true)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<bool, E> {
        match self.place {
            Place::Number(place) => {
                *place = value;
                Ok(true)
            }
            Place::Any(place) => {
                *place = Value::from(value);
                Ok(true)
            }
            // Some servers write whole numbers as 5.0.
            Place::Integer(_) | Place::Long(_) => match whole(value) {
                Some(value) => self.visit_i64(value),
                None => Err(mismatch(expected(&self.place), value)),
            },
            other => Err(mismatch(expected(&other), "a number")),
        }
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<bool, E> {
        match self.place {
            Place::Text(place) => value.clone_into(place),
            Place::Choice(place) => place.set(value),
            Place::Any(place) => *place = Value::String(value.to_owned()),
            other => return Err(mismatch(expected(&other), "text")),
        }
        Ok(true)
    }

    fn visit_string<E: Error>(self, value: String) -> Result<bool, E> {
        match self.place {
            Place::Text(place) => *place = value,
            Place::Choice(place) => place.set(&value),
            Place::Any(place) => *place = Value::String(value),
            other => return Err(mismatch(expected(&other), "text")),
        }
        Ok(true)
    }

    fn visit_unit<E: Error>(self) -> Result<bool, E> {
        Ok(null_into(self.place))
    }

    fn visit_none<E: Error>(self) -> Result<bool, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<bool, A::Error> {
        let list = match self.place {
            Place::List(list) => list,
            Place::Any(place) => {
                *place = Value::deserialize(SeqAccessDeserializer::new(seq))?;
                return Ok(true);
            }
            other => return Err(mismatch(expected(&other), "a list")),
        };
        for index in 0.. {
            let target = TargetVisitor { target: Target::Item(list), trail: self.trail };
            match seq.next_element_seed(target) {
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(error) => {
                    self.trail.index(index);
                    return Err(error);
                }
            }
        }
        Ok(true)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<bool, A::Error> {
        match self.place {
            Place::Object(table) => read_table(table, map, self.trail)?,
            Place::Map(entries) => read_entries(entries, map, self.trail)?,
            Place::Any(place) => *place = Value::deserialize(MapAccessDeserializer::new(map))?,
            other => return Err(mismatch(expected(&other), "an object")),
        }
        Ok(true)
    }
}

fn read_table<'de, A: MapAccess<'de>>(
    table: &mut dyn Table,
    mut map: A,
    trail: &Trail,
) -> Result<(), A::Error> {
    let names = table.names();
    let mut next = 0;
    while let Some(name) = map.next_key_seed(NameSeed { names, next })? {
        match name {
            Name::Known(index) => {
                next = index + 1;
                let target = TargetVisitor { target: Target::Slot(table.slot(index)), trail };
                if let Err(error) = map.next_value_seed(target) {
                    trail.name(names[index]);
                    return Err(error);
                }
            }
            Name::Unknown(name) => match map.next_value::<Value>() {
                Ok(value) => table.extra_mut().insert(name, value),
                Err(error) => {
                    trail.key(name);
                    return Err(error);
                }
            },
        }
    }
    Ok(())
}

fn read_entries<'de, A: MapAccess<'de>>(
    entries: &mut dyn Entries,
    mut map: A,
    trail: &Trail,
) -> Result<(), A::Error> {
    while let Some(key) = map.next_key_seed(KeySeed)? {
        let target = TargetVisitor { target: Target::Entry(entries, &key), trail };
        if let Err(error) = map.next_value_seed(target) {
            trail.key(key.into_owned());
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

/// The name of a member, found in the table or not.
enum Name {
    Known(usize),
    Unknown(String),
}

/// Reads a member's name and looks it up, beginning with the one after the last that was found.
struct NameSeed {
    names: &'static [&'static str],
    next: usize,
}

impl<'de> DeserializeSeed<'de> for NameSeed {
    type Value = Name;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Name, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for NameSeed {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Name, E> {
        let (before, after) = self.names.split_at(self.next);
        if let Some(index) = after.iter().position(|name| *name == value) {
            return Ok(Name::Known(self.next + index));
        }
        Ok(match before.iter().position(|name| *name == value) {
            Some(index) => Name::Known(index),
            None => Name::Unknown(value.to_owned()),
        })
    }
}

fn whole(value: f64) -> Option<i64> {
    // 2^63 as a float; the bound itself no longer fits.
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    (value.fract() == 0.0 && (-LIMIT..LIMIT).contains(&value)).then_some(value as i64)
}

fn expected(place: &Place<'_>) -> &'static str {
    match place {
        Place::Boolean(_) => "true or false",
        Place::Integer(_) => "an integer",
        Place::Long(_) => "an integer",
        Place::Number(_) => "a number",
        Place::Text(_) | Place::Choice(_) => "text",
        Place::Object(_) | Place::Map(_) => "an object",
        Place::List(_) => "a list",
        Place::Any(_) => "a value",
    }
}

fn mismatch<E: Error>(expected: &str, found: impl fmt::Display) -> E {
    E::custom(format_args!("expected {expected}, found {found}"))
}
