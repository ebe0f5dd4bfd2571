//! Errors in data files.

use std::fmt;

/// Why a data file, or an entry of one, can't be used.
#[derive(Debug, thiserror::Error)]
#[error("{location}: {reason}")]
pub(crate) struct DataError {
    location: String,
    reason: String,
}

impl DataError {
    /// An error at a location: the name of a file, or the path of an entry.
    pub(crate) fn new(location: &str, reason: impl fmt::Display) -> Self {
        Self { location: location.to_owned(), reason: reason.to_string() }
    }
}
