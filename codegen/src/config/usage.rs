//! Tracks which profile and overlay entries have been applied.
//!
//! A generator stage marks each entry that it uses. Entries that are never marked are reported at the end, so rules for
//! operations that no longer exist are found.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// The entries that have been applied, each identified by a path such as `names.abbreviations.configuration`.
#[derive(Debug, Default)]
pub struct UsageTracker {
    used: Mutex<BTreeSet<String>>,
}

impl UsageTracker {
    /// Creates a tracker without marked entries.
    pub fn new() -> Self {
        Self::default()
    }

    /// Marks `entry` as applied.
    pub fn mark(&self, entry: impl Into<String>) {
        self.used.lock().unwrap_or_else(PoisonError::into_inner).insert(entry.into());
    }

    /// Returns the entries that were never marked, in their original order.
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
        let tracker = UsageTracker::new();
        tracker.mark("b");
        let entries = ["c".to_owned(), "b".to_owned(), "a".to_owned()];
        assert_eq!(tracker.unused(&entries), [&entries[0], &entries[2]]);
    }
}
