//! Parses JSON in requests. A duplicate property in an object is an error: `serde_json` uses the last value and other
//! parsers use the first, so a proxy in front of the server could check a value that isn't used.

use std::collections::HashSet;
use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Parses a JSON object; an empty body and `null` are treated as an empty object.
///
/// # Errors
/// Returns an error if the body isn't a JSON object, or if it contains an object with a duplicate property.
pub fn parse_object(body: &[u8]) -> Result<Map<String, Value>, serde_json::Error> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    check_properties(body)?;
    Ok(serde_json::from_slice::<Option<Map<String, Value>>>(body)?.unwrap_or_default())
}

/// Checks that no object has a duplicate property.
fn check_properties(body: &[u8]) -> Result<(), serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    UniqueProperties.deserialize(&mut deserializer)?;
    deserializer.end()
}

/// Deserializes any value and discards it.
struct UniqueProperties;

impl<'de> DeserializeSeed<'de> for UniqueProperties {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for UniqueProperties {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(Self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut properties: A) -> Result<(), A::Error> {
        let mut names = HashSet::new();
        while let Some(name) = properties.next_key::<String>()? {
            if names.contains(&name) {
                return Err(A::Error::custom(format_args!("duplicate property {name:?}")));
            }
            properties.next_value_seed(Self)?;
            names.insert(name);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn object_with_a_duplicate_property_is_rejected() {
        for (body, object) in [
            ("", json!({})),
            ("null", json!({})),
            (
                r#"{"a": {"b": 1}, "c": [{"b": 2.5}, {"b": -1}, null, true, "x"]}"#,
                json!({"a": {"b": 1}, "c": [{"b": 2.5}, {"b": -1}, null, true, "x"]}),
            ),
        ] {
            assert_eq!(Value::Object(parse_object(body.as_bytes()).unwrap()), object, "{body}");
        }
        for body in
            [r#"{"a": 1, "a": 2}"#, r#"{"x": [{"a": 1, "b": 2, "a": 1}]}"#, r#"{"a": 1, "\u0061": 2}"#]
        {
            let error = parse_object(body.as_bytes()).unwrap_err().to_string();
            assert!(error.contains("duplicate property \"a\""), "{error}");
        }
        for body in ["[]", "5", "{", "{} {}"] {
            assert!(parse_object(body.as_bytes()).is_err(), "{body}");
        }
    }
}
