//! Limits how much memory the in-memory store uses, in total and per owner.

use std::collections::HashMap;

use crate::error::StoreError;

/// Cost of an entry in bytes, in addition to its key and value.
const ENTRY_BYTES: usize = 128;
/// An owner's share is the budget divided by this number.
const SHARE_DIVISOR: usize = 4;
const LOCATION: &str = "the memory store";

/// Bytes in use, in total and per owner.
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

    /// Returns the cost of storing a value.
    pub(super) fn cost(key: &str, value: &[u8]) -> usize {
        key.len() + value.len() + ENTRY_BYTES
    }

    /// Returns true if another `bytes` fit into the budget.
    pub(super) fn has_room(&self, bytes: usize) -> bool {
        self.bytes + bytes <= self.max_bytes
    }

    /// Returns true if another `bytes` fit into this owner's share.
    pub(super) fn has_share(&self, owner: &str, bytes: usize) -> bool {
        self.used_by(owner) + bytes <= self.share()
    }

    /// Checks that another `bytes` fit into this owner's share and into the budget.
    pub(super) fn check(&self, owner: &str, bytes: usize) -> Result<(), StoreError> {
        if !self.has_share(owner, bytes) {
            return Err(full(self.share(), Some(owner)));
        }
        if !self.has_room(bytes) {
            return Err(full(self.max_bytes, None));
        }
        Ok(())
    }

    /// Checks that `bytes` fit into the owner's share once all of its other values have been evicted.
    pub(super) fn check_alone(&self, owner: &str, bytes: usize) -> Result<(), StoreError> {
        if bytes > self.share() {
            return Err(full(self.share(), Some(owner)));
        }
        Ok(())
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

    /// Returns the owner that uses the most.
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

/// Returns the error for a value that exceeds `max_bytes`, the share of `owner` or else the whole budget.
fn full(max_bytes: usize, owner: Option<&str>) -> StoreError {
    StoreError::Full { location: LOCATION.to_owned(), max_bytes, owner: owner.map(str::to_owned) }
}

/// Returns a key's owner: its first two segments.
pub(super) fn owner(key: &str) -> &str {
    match key.match_indices('/').nth(1) {
        Some((end, _)) => &key[..end],
        None => key.split('/').next().unwrap_or(key),
    }
}
