//! Tests that determine which variant of a union a JSON value belongs to.

use serde_core::Serialize;
use serde_core::de::DeserializeOwned;
use serde_json::Value;

/// The conditions that a JSON value must meet to belong to one variant of a union.
#[derive(Clone, Copy, Debug)]
pub struct VariantTest {
    kind: VariantKind,
    values: Option<(&'static str, &'static [&'static str])>,
    present: &'static [&'static str],
    absent: &'static [&'static str],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum VariantKind {
    Boolean,
    Number,
    Text,
    List,
    Object,
}

impl VariantTest {
    /// Any object.
    pub const OBJECT: Self = Self::new(VariantKind::Object);
    /// Any list.
    pub const LIST: Self = Self::new(VariantKind::List);
    /// Any text.
    pub const TEXT: Self = Self::new(VariantKind::Text);
    /// Any number.
    pub const NUMBER: Self = Self::new(VariantKind::Number);
    /// True or false.
    pub const BOOLEAN: Self = Self::new(VariantKind::Boolean);

    const fn new(kind: VariantKind) -> Self {
        Self { kind, values: None, present: &[], absent: &[] }
    }

    /// Requires that the property `name` has one of these values.
    pub const fn values(mut self, name: &'static str, values: &'static [&'static str]) -> Self {
        self.values = Some((name, values));
        self
    }

    /// Requires that the object has all of these properties.
    pub const fn present(mut self, names: &'static [&'static str]) -> Self {
        self.present = names;
        self
    }

    /// Requires that the object has none of these properties.
    pub const fn absent(mut self, names: &'static [&'static str]) -> Self {
        self.absent = names;
        self
    }

    /// Returns true if and only if `value` belongs to the variant.
    pub fn accepts(&self, value: &Value) -> bool {
        let kind = match value {
            Value::Null => return false,
            Value::Bool(_) => VariantKind::Boolean,
            Value::Number(_) => VariantKind::Number,
            Value::String(_) => VariantKind::Text,
            Value::Array(_) => VariantKind::List,
            Value::Object(_) => VariantKind::Object,
        };
        let has = |name: &&str| value.get(name).is_some();
        let has_value = |(name, values): (&str, &[&str])| {
            value.get(name).and_then(Value::as_str).is_some_and(|own| values.contains(&own))
        };
        kind == self.kind
            && self.values.is_none_or(has_value)
            && self.present.iter().all(has)
            && !self.absent.iter().any(has)
    }

    /// Returns the property that names the variant, with its first value.
    fn first_value(&self) -> Option<(&'static str, &'static str)> {
        let (name, values) = self.values?;
        Some((name, values.first()?))
    }
}

/// Returns `content` with the property that names its variant added, if it is an object that lacks the property.
pub fn complete<T: Serialize + DeserializeOwned>(content: T, test: &VariantTest) -> T {
    let Some((name, first)) = test.first_value() else { return content };
    let Ok(Value::Object(mut members)) = serde_json::to_value(&content) else { return content };
    if members.contains_key(name) {
        return content;
    }
    members.insert(name.to_owned(), Value::from(first));
    serde_json::from_value(Value::Object(members)).unwrap_or(content)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn variant_is_recognized_by_kind_values_and_members() {
        let circle = VariantTest::OBJECT.values("kind", &["round", "disc"]);
        assert!(circle.accepts(&json!({"kind": "disc"})));
        for other in [json!({"kind": "square"}), json!({"kind": 1}), json!({}), json!("round"), json!(null)] {
            assert!(!circle.accepts(&other), "{other}");
        }
        let card = VariantTest::OBJECT.present(&["card"]).absent(&["iban"]);
        assert!(card.accepts(&json!({"card": null, "more": 1})));
        for other in [json!({}), json!({"card": 1, "iban": 2}), json!(["card"])] {
            assert!(!card.accepts(&other), "{other}");
        }
        assert!(VariantTest::LIST.accepts(&json!([])) && !VariantTest::LIST.accepts(&json!({})));
        assert!(VariantTest::NUMBER.accepts(&json!(1.5)) && !VariantTest::TEXT.accepts(&json!(1.5)));
        assert!(VariantTest::BOOLEAN.accepts(&json!(false)));
        assert_eq!(complete(json!({"radius": 1}), &circle), json!({"radius": 1, "kind": "round"}));
        assert_eq!(complete(json!({"kind": "x"}), &circle), json!({"kind": "x"}));
        assert_eq!(complete(json!([1]), &VariantTest::LIST), json!([1]));
    }
}
