//! Why a store operation failed.

use std::fmt;

/// An error of a store. The message names the store but never contains a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The store can't be opened, reached, read or written.
    #[error("{location}: {message}")]
    Unavailable {
        /// The store's path or address, without user and password.
        location: String,
        /// What went wrong.
        message: String,
    },
    /// The store is full, or the owner of the key has used up its share. Nothing was evicted in its place.
    #[error("{location}: no room for more than {max_bytes} bytes{}", share(owner.as_deref()))]
    Full {
        /// The store's path or address, without user and password.
        location: String,
        /// How many bytes the store holds at most, in total or of one owner.
        max_bytes: usize,
        /// The owner whose share is used up, unless the whole store is full.
        owner: Option<String>,
    },
    /// The setting is a URL of a scheme that no store understands. The URL may contain a password, so it is not shown.
    #[error("unsupported store URL (expected redis:// or rediss://, or the path of a file)")]
    UnsupportedUrl,
}

fn share(owner: Option<&str>) -> String {
    owner.map(|owner| format!(" of {owner}")).unwrap_or_default()
}

impl StoreError {
    /// An error of the store at `location`, which must not contain a password.
    pub fn unavailable(location: impl Into<String>, message: impl fmt::Display) -> Self {
        Self::Unavailable { location: location.into(), message: message.to_string() }
    }
}
