//! Errors from the store.

use std::fmt;

/// A store error. The message names the store but never contains a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The store can't be opened, reached, read or written.
    #[error("{location}: {message}")]
    Unavailable {
        /// The store's path or address, without user name and password.
        location: String,
        /// The error message.
        message: String,
    },
    /// The store is full, or the key's owner has used up its share. Nothing was evicted.
    #[error("{location}: limit of {max_bytes} bytes reached{}", share(owner.as_deref()))]
    Full {
        /// The store's path or address, without user name and password.
        location: String,
        /// The limit of the store or of an owner, in bytes.
        max_bytes: usize,
        /// The owner whose share is used up, or `None` if the whole store is full.
        owner: Option<String>,
    },
    /// The setting is a URL with an unsupported scheme. The URL may contain a password, so it isn't shown.
    #[error("unsupported store URL (expected a redis:// or rediss:// URL, or a file path)")]
    UnsupportedUrl,
}

fn share(owner: Option<&str>) -> String {
    owner.map(|owner| format!(" for {owner}")).unwrap_or_default()
}

impl StoreError {
    /// Creates an error for the store at `location`, which must not contain a password.
    pub fn unavailable(location: impl Into<String>, message: impl fmt::Display) -> Self {
        Self::Unavailable { location: location.into(), message: message.to_string() }
    }
}
