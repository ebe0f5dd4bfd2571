//! The result of storing a value in a model.

use serde_json::Value;

use super::access::ValueRef;

/// The result of storing a value.
pub(super) enum Filled {
    /// It was stored.
    Value,
    /// It was stored, and is an object without members other than these, which are null.
    EmptyObject(Vec<&'static str>),
    /// It is a null, which the target can't hold. A field is absent then.
    Null,
    /// It has another type than the target.
    Odd(OddValue),
}

/// A value of another type than its target, or a list or a map that contains one.
pub(super) struct OddValue {
    pub(super) value: Value,
    /// The kind of value that the target holds.
    pub(super) expected: &'static str,
    /// The kind of value that was found.
    pub(super) found: &'static str,
}

/// A value where `expected` should be.
pub(super) fn odd(value: impl Into<Value>, expected: &'static str) -> Filled {
    let value = value.into();
    let found = match &value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) if expected.ends_with("integer") => "another number",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    Filled::Odd(OddValue { value, expected, found })
}

/// A value that was stored, as JSON.
pub(super) fn to_json(value: ValueRef<'_>) -> Option<Value> {
    serde_json::to_value(value).ok()
}
