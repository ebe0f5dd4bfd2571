//! Keeps count of which entries of the profile and the overlay have applied.
//!
//! A stage marks an entry when it uses it; at the end whatever was never marked is reported. That is
//! what keeps these files free of rules for operations that no longer exist.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// The set of marked entries, by a path such as `names.abbreviations.configuration`.
#[derive(Debug, Default)]
pub struct Ledger {
    used: Mutex<BTreeSet<String>>,
}

impl Ledger {
    /// An empty ledger.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes that `entry` has applied.
    pub fn mark(&self, entry: impl Into<String>) {
        self.used.lock().unwrap_or_else(PoisonError::into_inner).insert(entry.into());
    }

    /// Those of `entries` that never applied, in the order given.
    pub fn unused<'a>(&self, entries: impl IntoIterator<Item = &'a String>) -> Vec<&'a String> {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        entries.into_iter().filter(|entry| !used.contains(*entry)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unused_entries_are_listed_in_order() {
        let ledger = Ledger::new();
        ledger.mark("b");
        let entries = ["c".to_owned(), "b".to_owned(), "a".to_owned()];
        assert_eq!(ledger.unused(&entries), [&entries[0], &entries[2]]);
    }
}
