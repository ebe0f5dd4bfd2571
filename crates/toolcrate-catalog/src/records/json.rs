//! JSON values that are kept as unparsed text: argument schemas and response schemas.

use std::borrow::Cow;
use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

/// A JSON value as text, borrowed from the record that contains it.
#[derive(Clone)]
pub struct RawJson<'a>(Raw<'a>);

#[derive(Clone)]
enum Raw<'a> {
    Borrowed(&'a RawValue),
    Owned(Box<RawValue>),
}

impl<'a> RawJson<'a> {
    /// The text.
    pub fn get(&self) -> &str {
        match &self.0 {
            Raw::Borrowed(raw) => raw.get(),
            Raw::Owned(raw) => raw.get(),
        }
    }

    /// The parsed value.
    pub fn to_value(&self) -> Value {
        serde_json::from_str(self.get()).unwrap_or_default()
    }
}

impl From<&Value> for RawJson<'_> {
    fn from(value: &Value) -> Self {
        Self(Raw::Owned(to_raw_value(value).unwrap_or_default()))
    }
}

impl fmt::Debug for RawJson<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.get())
    }
}

impl PartialEq for RawJson<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl Serialize for RawJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Raw::Borrowed(raw) => raw.serialize(serializer),
            Raw::Owned(raw) => raw.serialize(serializer),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for RawJson<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&'a RawValue>::deserialize(deserializer).map(|raw| Self(Raw::Borrowed(raw)))
    }
}

/// The `properties` of a JSON Schema, as text: each property's schema by name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Properties<'a>(#[serde(borrow)] Option<RawJson<'a>>);

impl<'a> Properties<'a> {
    /// Returns true if there are no properties.
    pub fn is_empty(&self) -> bool {
        self.inner_text().is_empty()
    }

    /// The properties as text without the surrounding braces, so the properties of two objects can be joined.
    pub fn inner_text(&self) -> &str {
        let text = self.0.as_ref().map_or("{}", RawJson::get).trim();
        text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).map_or("", str::trim)
    }

    /// The properties, parsed.
    pub fn to_map(&self) -> Map<String, Value> {
        self.0.as_ref().and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default()
    }

    /// The property names and their schemas, in order.
    pub fn members(&self) -> IndexMap<Cow<'_, str>, &RawValue> {
        self.0.as_ref().and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default()
    }

    /// The property names, in order.
    pub fn names(&self) -> Vec<String> {
        self.members().into_keys().map(Cow::into_owned).collect()
    }

    /// Returns true if there is a property with this name.
    pub fn contains(&self, name: &str) -> bool {
        self.members().contains_key(name)
    }
}

impl From<Map<String, Value>> for Properties<'_> {
    fn from(members: Map<String, Value>) -> Self {
        Self((!members.is_empty()).then(|| RawJson::from(&Value::Object(members))))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn properties_keep_their_order_and_can_be_merged() {
        let text = r#"{ "b": {"type": "string"}, "a": {"type": "integer"} }"#;
        let properties: Properties<'_> = serde_json::from_str(text).unwrap();
        assert_eq!(properties.names(), ["b", "a"]);
        assert_eq!(properties.inner_text(), r#""b": {"type": "string"}, "a": {"type": "integer"}"#);
        assert!(properties.contains("a") && !properties.contains("c"));
        let empty = Properties::from(Map::new());
        assert!(empty.is_empty() && empty.names().is_empty());
        let map = json!({"x": {"type": "boolean"}}).as_object().unwrap().clone();
        assert_eq!(Properties::from(map.clone()).to_map(), map);
    }
}
