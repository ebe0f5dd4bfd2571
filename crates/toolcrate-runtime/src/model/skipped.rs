//! Items in a response that could not be stored in the list because they have an unexpected type.

use std::fmt;

use serde_json::Value;

use super::filled::OddValue;

/// An item that was left out of a list because it has another type than the API description specifies.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SkippedItem {
    /// The position in the list, from 0; in an object, the key.
    pub position: String,
    /// The item as the server sent it.
    pub value: Value,
    expected: &'static str,
    found: &'static str,
}

impl SkippedItem {
    pub(super) fn new(position: impl ToString, odd: OddValue) -> Self {
        let OddValue { value, expected, found } = odd;
        Self { position: position.to_string(), value, expected, found }
    }

    /// Returns the position, and the value that is not what was expected.
    pub(super) fn into_odd_value(self) -> (String, OddValue) {
        let Self { position, value, expected, found } = self;
        (position, OddValue { value, expected, found })
    }
}

impl fmt::Display for SkippedItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { position, expected, found, .. } = self;
        write!(f, "item {position}: expected {expected}, got {found}")
    }
}
