//! The distinct tokens of indexed text. Texts share them, so a catalog with a hundred thousand words allocates few.

use std::sync::Arc;

use foldhash::{HashSet, HashSetExt};

/// A stem or phrase.
pub(crate) type IndexedToken = Arc<str>;

/// The distinct tokens.
pub(crate) struct TokenPool(HashSet<IndexedToken>);

impl TokenPool {
    /// Creates an empty pool with space for some tokens.
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self(HashSet::with_capacity(capacity))
    }

    /// Returns true if it has a token.
    pub(crate) fn contains(&self, token: &str) -> bool {
        self.0.contains(token)
    }

    /// Returns a token, and adds it if it is new.
    pub(crate) fn add(&mut self, token: &str) -> IndexedToken {
        if let Some(known) = self.0.get(token) {
            return Arc::clone(known);
        }
        let new = IndexedToken::from(token);
        self.0.insert(Arc::clone(&new));
        new
    }
}
