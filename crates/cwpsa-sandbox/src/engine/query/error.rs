//! Errors in queries.

use std::fmt;

/// The reason why a query is rejected: the `code` and `message` of a response with status 400.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryError {
    /// The API's code, `ApiFindCondition`.
    pub code: &'static str,
    /// The message, such as `assignedTo/id is not a recognized name.`
    pub message: String,
}

impl QueryError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { code: "ApiFindCondition", message: message.into() }
    }

    /// Returns the API's error for a name that the resource doesn't have.
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
