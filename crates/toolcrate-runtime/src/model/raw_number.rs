//! Deserializes numbers without losing their original digits. In serde's data model, a decimal number is a float, so
//! `1.10` becomes `1.1`. `serde_json` can return a value's raw text instead; with other formats, numbers are read as
//! usual.

use serde_core::de::MapAccess;
use serde_json::{Map, Value};

use super::filled::{Filled, odd};
use super::member_name::KeySeed;
use crate::value::Number;

/// The name by which `serde_json` recognizes a newtype that requests the text of a value. It calls back with a
/// one-entry map from this name to the text. A test verifies this behavior.
pub(super) const RAW_VALUE: &str = "$serde_json::private::RawValue";

/// Reads a number from the map that contains its text. Any other map is an object instead of a number.
pub(super) fn read_raw_number<'de, A: MapAccess<'de>>(
    field: &mut Option<Number>,
    mut map: A,
) -> Result<Filled, A::Error> {
    let first = map.next_key_seed(KeySeed)?;
    if first.as_deref() == Some(RAW_VALUE) {
        let text = map.next_value_seed(KeySeed)?;
        return Ok(read(field, text.trim()));
    }
    let mut members = Map::new();
    if let Some(key) = first {
        members.insert(key.into_owned(), map.next_value()?);
    }
    while let Some((key, value)) = map.next_entry()? {
        members.insert(key, value);
    }
    Ok(odd(members, "a number"))
}

fn read(field: &mut Option<Number>, text: &str) -> Filled {
    if text == "null" {
        *field = None;
        return Filled::Null;
    }
    match Number::parse(text) {
        Some(number) => {
            *field = Some(number);
            Filled::Value
        }
        // The text is JSON; a value that doesn't fit any number type is kept as text.
        None => odd(serde_json::from_str(text).unwrap_or_else(|_| Value::from(text)), "a number"),
    }
}
