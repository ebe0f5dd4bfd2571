//! The names and values in a query, as an ordered list. All characters except unreserved ones are percent-encoded, so a
//! value can't add another parameter.

use std::borrow::Cow;

use crate::path::encode;
use crate::path_value::PathValue;

/// The names and values in a query, in the order in which they are sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueryPairs(Vec<QueryPair>);

/// One name and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
struct QueryPair {
    name: Cow<'static, str>,
    value: String,
    /// The value as it is sent, if it has characters that are not encoded.
    encoded: Option<String>,
}

impl QueryPairs {
    /// Creates an empty query.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a parameter; a list becomes one pair per item.
    pub fn push(&mut self, name: impl Into<Cow<'static, str>>, value: impl ParameterValue) {
        value.write(name.into(), self);
    }

    /// Adds a parameter if it is set.
    pub fn push_opt(&mut self, name: impl Into<Cow<'static, str>>, value: Option<impl ParameterValue>) {
        if let Some(value) = value {
            self.push(name, value);
        }
    }

    pub(crate) fn push_text(&mut self, name: Cow<'static, str>, value: String) {
        self.0.push(QueryPair { name, value, encoded: None });
    }

    /// Adds a parameter whose value is encoded already.
    pub(crate) fn push_encoded(&mut self, name: Cow<'static, str>, value: String, encoded: String) {
        self.0.push(QueryPair { name, value, encoded: Some(encoded) });
    }

    /// Returns the first value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(other, _)| *other == name).map(|(_, value)| value)
    }

    /// Replaces all pairs with this name with a single one.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.retain(|pair| pair.name != name);
        self.push_text(Cow::Owned(name.to_owned()), value.into());
    }

    /// Returns all pairs.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|pair| (pair.name.as_ref(), pair.value.as_str()))
    }

    /// Returns true if and only if there are no pairs.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the encoded query, without the question mark.
    pub fn encoded(&self) -> String {
        let mut text = String::new();
        for QueryPair { name, value, encoded } in &self.0 {
            if !text.is_empty() {
                text.push('&');
            }
            text.extend(encode(name));
            text.push('=');
            match encoded {
                Some(encoded) => text.push_str(encoded),
                None => text.extend(encode(value)),
            }
        }
        text
    }
}

/// A value of a query parameter: a single value, or a list that becomes one pair per item.
pub trait ParameterValue {
    /// Adds the value's pairs.
    fn write(&self, name: Cow<'static, str>, pairs: &mut QueryPairs);
}

impl<T: PathValue> ParameterValue for T {
    fn write(&self, name: Cow<'static, str>, pairs: &mut QueryPairs) {
        pairs.push_text(name, self.to_text().into_owned());
    }
}

impl<T: PathValue> ParameterValue for Vec<T> {
    fn write(&self, name: Cow<'static, str>, pairs: &mut QueryPairs) {
        self.as_slice().write(name, pairs);
    }
}

impl<T: PathValue> ParameterValue for &[T] {
    fn write(&self, name: Cow<'static, str>, pairs: &mut QueryPairs) {
        for item in *self {
            item.write(name.clone(), pairs);
        }
    }
}

impl<T: PathValue> ParameterValue for &Vec<T> {
    fn write(&self, name: Cow<'static, str>, pairs: &mut QueryPairs) {
        self.as_slice().write(name, pairs);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_become_parameters() {
        let mut pairs = QueryPairs::new();
        pairs.push("conditions", "name=\"A & B\"#+%");
        pairs.push("ids", vec![1, 2]);
        pairs.push_opt("page", None::<i32>);
        assert_eq!(pairs.encoded(), "conditions=name%3D%22A%20%26%20B%22%23%2B%25&ids=1&ids=2");
    }

    #[test]
    fn set_replaces_all_pairs_with_the_name() {
        let mut pairs = QueryPairs::new();
        pairs.push("page", [1, 2].as_slice());
        pairs.set("page", "3");
        assert_eq!(pairs.encoded(), "page=3");
        assert_eq!(pairs.get("page"), Some("3"));
    }
}
