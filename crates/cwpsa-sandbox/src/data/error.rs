//! Errors in the sandbox's data files.

use std::fmt;

/// The reason why a data file, or one of its entries, can't be used.
#[derive(Debug, thiserror::Error)]
#[error("{location}: {reason}")]
pub(crate) struct DataError {
    location: String,
    reason: String,
}

impl DataError {
    /// Creates an error at a location: a file name, or the path of an entry.
    pub(crate) fn new(location: &str, reason: impl fmt::Display) -> Self {
        Self { location: location.to_owned(), reason: reason.to_string() }
    }
}
