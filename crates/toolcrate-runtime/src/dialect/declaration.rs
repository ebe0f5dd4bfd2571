//! A tool declaration, which is a tool in the format of a dialect.

use serde_json::Value;

/// A tool as a provider accepts it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Declaration {
    /// The declaration to send to the provider.
    pub value: Value,
    /// The reasons why a strict dialect declared it without `strict`.
    pub not_strict: Vec<String>,
}

impl Declaration {
    pub(super) fn new(value: Value) -> Self {
        Self { value, not_strict: Vec::new() }
    }
}
