//! What can be the body of a request or a value of a patch: anything that has one JSON form.

use serde_json::{Map, Value};

use crate::{Field, Look};

/// A value with one JSON form. Generated types have it, as they are [`Field`]s.
pub trait Encode {
    /// The value as JSON text.
    fn encode(&self) -> String;
}

/// Whatever can stand in a model, models among it.
impl<T: Field> Encode for T {
    fn encode(&self) -> String {
        self.look().to_json()
    }
}

impl Encode for str {
    fn encode(&self) -> String {
        Look::Text(self).to_json()
    }
}

impl Encode for &str {
    fn encode(&self) -> String {
        Look::Text(self).to_json()
    }
}

impl Encode for Map<String, Value> {
    fn encode(&self) -> String {
        object(self.iter().map(|(name, value)| (name.as_str(), value)))
    }
}

impl<T: Encode> Encode for [T] {
    fn encode(&self) -> String {
        let mut text = String::from("[");
        for (index, item) in self.iter().enumerate() {
            if index > 0 {
                text.push(',');
            }
            text.push_str(&item.encode());
        }
        text.push(']');
        text
    }
}

impl<T: Encode, const N: usize> Encode for [T; N] {
    fn encode(&self) -> String {
        self.as_slice().encode()
    }
}

/// `None` is `null`.
impl<T: Encode> Encode for Option<T> {
    fn encode(&self) -> String {
        self.as_ref().map_or_else(|| "null".to_owned(), Encode::encode)
    }
}

fn object<'a, T: Encode + 'a>(members: impl Iterator<Item = (&'a str, &'a T)>) -> String {
    let mut text = String::from("{");
    for (index, (name, value)) in members.enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(&name.encode());
        text.push(':');
        text.push_str(&value.encode());
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
    fn every_kind_of_value_has_its_json_form() {
        assert_eq!("a\"b".encode(), r#""a\"b""#);
        assert_eq!([1, 2].encode(), "[1,2]");
        assert_eq!(vec!["a".to_owned()].encode(), r#"["a"]"#);
        assert_eq!(None::<i32>.encode(), "null");
        assert_eq!(json!({"b": 1, "a": [null]}).encode(), r#"{"b":1,"a":[null]}"#);
        assert_eq!(BTreeMap::from([("k".to_owned(), 1.5)]).encode(), r#"{"k":1.5}"#);
        assert_eq!(json!({"x": 1}).as_object().map(Encode::encode), Some(r#"{"x":1}"#.to_owned()));
    }
}
