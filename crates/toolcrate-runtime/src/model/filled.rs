//! The result of storing a value in a model.

use serde_json::Value;

use super::access::ValueRef;

/// The result of storing a value. It is passed up for every value, so what is rare is in a box.
pub(super) enum Filled {
    /// The value was stored.
    Value,
    /// The value was stored, and is an object without any values.
    EmptyObject(Box<NullFields>),
    /// The value is null, which the target can't represent. A field is absent then.
    Null,
    /// The value's type differs from the target's.
    Odd(Box<OddValue>),
}

/// The known fields of an object that are null.
pub(super) struct NullFields(pub(super) Vec<&'static str>);

/// A value whose type differs from its target's, or a list or map that contains one.
pub(super) struct OddValue {
    pub(super) value: Value,
    /// The kind of value that the target expects.
    pub(super) expected: &'static str,
    /// The kind of value that was found.
    pub(super) found: &'static str,
}

/// Returns a value found where `expected` should be.
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
    Filled::Odd(Box::new(OddValue { value, expected, found }))
}

/// Returns a stored value as JSON.
pub(super) fn to_json(value: ValueRef<'_>) -> Option<Value> {
    serde_json::to_value(value).ok()
}
