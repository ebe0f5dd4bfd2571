//! The error for text that isn't a valid value of the expected kind.

use std::fmt;

/// Text or a value of another type that can't be converted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidValueError {
    expected: &'static str,
    found: String,
}

impl InvalidValueError {
    pub(crate) fn new(expected: &'static str, found: impl fmt::Display) -> Self {
        Self { expected, found: found.to_string() }
    }
}

impl fmt::Display for InvalidValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}, got {:?}", self.expected, self.found)
    }
}

impl std::error::Error for InvalidValueError {}
