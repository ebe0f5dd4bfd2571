//! What is wrong with a query.

use std::fmt;

/// Why a query is refused: the `code` and `message` of an answer with status 400.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryError {
    /// The API's code, `ApiFindCondition`.
    pub code: &'static str,
    /// What is wrong, e.g. `assignedTo/id is not a recognized name.`
    pub message: String,
}

impl QueryError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { code: "ApiFindCondition", message: message.into() }
    }

    /// A name that the resource doesn't have, in the API's words.
    pub(super) fn unknown_name(name: &str) -> Self {
        Self::new(format!("{name} is not a recognized name."))
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for QueryError {}
