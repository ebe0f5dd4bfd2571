//! Errors returned by [`deserialize_into`](super::deserialize_into), which contain the expected type, the actual type,
//! and the path to the value.

use std::fmt;

use serde_core::de::Error;

use super::access::ValueMut;
use super::json_path::JsonPath;

pub(super) fn expected(value: &ValueMut<'_>) -> &'static str {
    match value {
        ValueMut::Boolean(_) => "true or false",
        ValueMut::Integer(_) => "an integer",
        ValueMut::Long(_) | ValueMut::Unsigned(_) => "an integer",
        ValueMut::Number(_) => "a number",
        ValueMut::Text(_) | ValueMut::OpenEnum(_) => "text",
        ValueMut::Timestamp(_) => "a date and time",
        ValueMut::Date(_) => "a date",
        ValueMut::Object(_) | ValueMut::Map(_) => "an object",
        ValueMut::List(_) => "a list",
        ValueMut::Any(_) | ValueMut::Union(_) => "a value",
    }
}

pub(super) fn in_path<E: Error>(path: &JsonPath, error: E) -> E {
    if path.is_empty() { error } else { E::custom(format_args!("{path}: {error}")) }
}

pub(super) fn mismatch<E: Error>(expected: &str, found: impl fmt::Display) -> E {
    E::custom(format_args!("expected {expected}, got {found}"))
}
