//! How many bytes a store in memory may hold, in total and of each owner.

use std::collections::HashMap;

use crate::error::StoreError;

/// Bytes that an entry costs in addition to its key and its value.
const ENTRY_BYTES: usize = 128;
/// The part of a budget that one owner may use.
const SHARE_DIVISOR: usize = 4;
const LOCATION: &str = "the memory store";

/// Bytes that are in use, in total and by each owner.
#[derive(Debug)]
pub(super) struct Budget {
    max_bytes: usize,
    bytes: usize,
    owners: HashMap<String, usize>,
}

impl Budget {
    pub(super) fn new(max_bytes: usize) -> Self {
        Self { max_bytes, bytes: 0, owners: HashMap::new() }
    }

    /// The cost of a value under a key.
    pub(super) fn cost(key: &str, value: &[u8]) -> usize {
        key.len() + value.len() + ENTRY_BYTES
    }

    /// Whether `bytes` more fit into the budget.
    pub(super) fn has_room(&self, bytes: usize) -> bool {
        self.bytes + bytes <= self.max_bytes
    }

    /// Whether `bytes` more of this owner fit into its share.
    pub(super) fn has_share(&self, owner: &str, bytes: usize) -> bool {
        self.used_by(owner) + bytes <= self.share()
    }

    /// Checks that `bytes` more of this owner fit into its share and into the budget.
    pub(super) fn check(&self, owner: &str, bytes: usize) -> Result<(), StoreError> {
        self.check_used(owner, self.used_by(owner), bytes)?;
        if !self.has_room(bytes) {
            return Err(StoreError::Full {
                location: LOCATION.to_owned(),
                max_bytes: self.max_bytes,
                owner: None,
            });
        }
        Ok(())
    }

    /// Checks that `bytes` fit into the owner's share once everything else of the owner is evicted.
    pub(super) fn check_alone(&self, owner: &str, bytes: usize) -> Result<(), StoreError> {
        self.check_used(owner, 0, bytes)
    }

    fn check_used(&self, owner: &str, used: usize, bytes: usize) -> Result<(), StoreError> {
        if used + bytes <= self.share() {
            return Ok(());
        }
        let (max_bytes, owner) = (self.share(), Some(owner.to_owned()));
        Err(StoreError::Full { location: LOCATION.to_owned(), max_bytes, owner })
    }

    pub(super) fn add(&mut self, owner: &str, bytes: usize) {
        self.bytes += bytes;
        *self.owners.entry(owner.to_owned()).or_default() += bytes;
    }

    pub(super) fn subtract(&mut self, owner: &str, bytes: usize) {
        self.bytes -= bytes;
        if let Some(used) = self.owners.get_mut(owner) {
            *used -= bytes;
            if *used == 0 {
                self.owners.remove(owner);
            }
        }
    }

    /// The owner that uses most.
    pub(super) fn largest_owner(&self) -> Option<&str> {
        self.owners.iter().max_by_key(|(_, bytes)| **bytes).map(|(owner, _)| owner.as_str())
    }

    fn used_by(&self, owner: &str) -> usize {
        self.owners.get(owner).copied().unwrap_or_default()
    }

    fn share(&self) -> usize {
        self.max_bytes / SHARE_DIVISOR
    }
}

/// The owner of a key: its first two segments.
pub(super) fn owner(key: &str) -> &str {
    match key.match_indices('/').nth(1) {
        Some((end, _)) => &key[..end],
        None => key.split('/').next().unwrap_or(key),
    }
}
