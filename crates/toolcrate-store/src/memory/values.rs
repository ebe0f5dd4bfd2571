//! The values of the in-memory store, which expire.

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use super::budget::{Budget, owner};
use crate::error::StoreError;

/// The retention of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Retention {
    /// The value stays until it expires.
    Required,
    /// The value may be evicted.
    Evictable,
}

#[derive(Debug)]
struct StoredValue {
    value: Vec<u8>,
    expiry: (Instant, u64),
    retention: Retention,
}

/// Values by key. Evictable values have a separate budget, so they never use up the space for others.
#[derive(Debug)]
pub(super) struct MemoryValues {
    /// The number of the newest value. Numbers are never reused.
    sequence: u64,
    values: HashMap<String, StoredValue>,
    /// Keys by expiry.
    expiries: BTreeMap<(Instant, u64), String>,
    /// Evictable keys, by owner and expiry.
    evictable: HashMap<String, BTreeMap<(Instant, u64), String>>,
    evictable_budget: Budget,
}

impl MemoryValues {
    /// Creates an empty collection, in which evictable values are limited to `max_evictable_bytes`.
    pub(super) fn new(max_evictable_bytes: usize) -> Self {
        Self {
            sequence: 0,
            values: HashMap::new(),
            expiries: BTreeMap::new(),
            evictable: HashMap::new(),
            evictable_budget: Budget::new(max_evictable_bytes),
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&[u8]> {
        self.values.get(key).map(|stored| &*stored.value)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    /// Stores a value, replacing any existing one. `required` is the budget for values that must not be evicted.
    pub(super) fn insert(
        &mut self,
        required: &mut Budget,
        key: &str,
        value: &[u8],
        expiry: Instant,
        retention: Retention,
    ) -> Result<(), StoreError> {
        let (owner, cost) = (owner(key), Budget::cost(key, value));
        // The replaced value makes room, but stays if the new one doesn't fit.
        let before = self.remove_stored(required, key);
        let fits = match retention {
            Retention::Required => required.check(owner, cost),
            Retention::Evictable => self.evict_for(required, owner, cost),
        };
        let stored = match &fits {
            Ok(()) => {
                self.sequence += 1;
                let expiry = (expiry, self.sequence);
                Some(StoredValue { value: value.to_owned(), expiry, retention })
            }
            Err(_) => before,
        };
        if let Some(stored) = stored {
            self.put(required, key, stored);
        }
        fits
    }

    pub(super) fn remove(&mut self, required: &mut Budget, key: &str) -> Option<Vec<u8>> {
        self.remove_stored(required, key).map(|stored| stored.value)
    }

    /// Removes expired values.
    pub(super) fn expire(&mut self, required: &mut Budget, now: Instant) {
        while let Some((_, key)) = self.expiries.first_key_value().filter(|((expiry, _), _)| *expiry <= now) {
            let key = key.clone();
            self.remove_stored(required, &key);
        }
    }

    fn put(&mut self, required: &mut Budget, key: &str, stored: StoredValue) {
        let (owner, cost) = (owner(key), Budget::cost(key, &stored.value));
        match stored.retention {
            Retention::Required => required.add(owner, cost),
            Retention::Evictable => {
                self.evictable_budget.add(owner, cost);
                let keys = self.evictable.entry(owner.to_owned()).or_default();
                keys.insert(stored.expiry, key.to_owned());
            }
        }
        self.expiries.insert(stored.expiry, key.to_owned());
        self.values.insert(key.to_owned(), stored);
    }

    fn remove_stored(&mut self, required: &mut Budget, key: &str) -> Option<StoredValue> {
        let stored = self.values.remove(key)?;
        self.expiries.remove(&stored.expiry);
        let (owner, cost) = (owner(key), Budget::cost(key, &stored.value));
        match stored.retention {
            Retention::Required => required.subtract(owner, cost),
            Retention::Evictable => {
                self.evictable_budget.subtract(owner, cost);
                if let Some(keys) = self.evictable.get_mut(owner) {
                    keys.remove(&stored.expiry);
                    if keys.is_empty() {
                        self.evictable.remove(owner);
                    }
                }
            }
        }
        Some(stored)
    }

    /// Evicts values until another `cost` bytes of this owner fit: the owner's own values if its share is used up, or
    /// else those of the owner that uses the most.
    fn evict_for(&mut self, required: &mut Budget, owner: &str, cost: usize) -> Result<(), StoreError> {
        self.evictable_budget.check_alone(owner, cost)?;
        loop {
            let budget = &self.evictable_budget;
            let evicted = if !budget.has_share(owner, cost) {
                Some(owner)
            } else if !budget.has_room(cost) {
                budget.largest_owner()
            } else {
                return Ok(());
            };
            let first = evicted.and_then(|owner| self.evictable.get(owner)?.first_key_value());
            let Some(key) = first.map(|(_, key)| key.clone()) else {
                return self.evictable_budget.check(owner, cost);
            };
            self.remove_stored(required, &key);
        }
    }
}
