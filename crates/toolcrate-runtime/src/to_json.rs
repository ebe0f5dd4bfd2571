//! The trait for values that can be sent as JSON, either as a request body or as a value in a patch.

use serde_json::{Map, Value};

use crate::model::{ModelValue, ValueRef, WriteMode};
use crate::value::Number;

/// A value that can be sent as JSON, such as a generated model, a scalar, a string, a list or a `Value`.
pub trait ToJson {
    /// Returns the value as JSON.
    fn to_json_string(&self) -> String;

    /// Returns the value as a JSON request body, without a record's server-computed fields.
    fn to_body_json(&self) -> String {
        self.to_json_string()
    }

    /// Returns the value as part of a body, in which a record may contain the ID that identifies it.
    fn to_part_json(&self) -> String {
        self.to_json_string()
    }
}

impl<T: ModelValue> ToJson for T {
    fn to_json_string(&self) -> String {
        self.value_ref().to_json_string()
    }

    fn to_body_json(&self) -> String {
        self.value_ref().to_json_as(WriteMode::Body)
    }

    fn to_part_json(&self) -> String {
        self.value_ref().to_json_as(WriteMode::BodyPart)
    }
}

impl ToJson for f64 {
    fn to_json_string(&self) -> String {
        Number::from(*self).to_json_string()
    }
}

impl ToJson for str {
    fn to_json_string(&self) -> String {
        ValueRef::Text(self).to_json_string()
    }
}

impl ToJson for &str {
    fn to_json_string(&self) -> String {
        ValueRef::Text(self).to_json_string()
    }
}

impl ToJson for Map<String, Value> {
    fn to_json_string(&self) -> String {
        object(self.iter().map(|(name, value)| (name.as_str(), value)))
    }
}

impl<T: ToJson> ToJson for [T] {
    fn to_json_string(&self) -> String {
        list(self, T::to_json_string)
    }

    fn to_body_json(&self) -> String {
        list(self, T::to_part_json)
    }

    fn to_part_json(&self) -> String {
        list(self, T::to_part_json)
    }
}

impl<T: ToJson, const N: usize> ToJson for [T; N] {
    fn to_json_string(&self) -> String {
        self.as_slice().to_json_string()
    }

    fn to_body_json(&self) -> String {
        self.as_slice().to_body_json()
    }

    fn to_part_json(&self) -> String {
        self.as_slice().to_part_json()
    }
}

fn list<T>(items: &[T], write: impl Fn(&T) -> String) -> String {
    let mut text = String::from("[");
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(&write(item));
    }
    text.push(']');
    text
}

/// `None` is serialized as `null`.
impl<T: ToJson> ToJson for Option<T> {
    fn to_json_string(&self) -> String {
        self.as_ref().map_or_else(|| "null".to_owned(), ToJson::to_json_string)
    }
}

fn object<'a, T: ToJson + 'a>(members: impl Iterator<Item = (&'a str, &'a T)>) -> String {
    let mut text = String::from("{");
    for (index, (name, value)) in members.enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(&name.to_json_string());
        text.push(':');
        text.push_str(&value.to_json_string());
    }
    text.push('}');
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    #[test]
    fn every_kind_of_value_serializes_to_json() {
        assert_eq!("a\"b".to_json_string(), r#""a\"b""#);
        assert_eq!([1, 2].to_json_string(), "[1,2]");
        assert_eq!(vec!["a".to_owned()].to_json_string(), r#"["a"]"#);
        assert_eq!(None::<i32>.to_json_string(), "null");
        assert_eq!(json!({"b": 1, "a": [null]}).to_json_string(), r#"{"b":1,"a":[null]}"#);
        assert_eq!(BTreeMap::from([("k".to_owned(), Number::from(1.5))]).to_json_string(), r#"{"k":1.5}"#);
        assert_eq!(json!({"x": 1}).as_object().map(ToJson::to_json_string), Some(r#"{"x":1}"#.to_owned()));
    }
}
