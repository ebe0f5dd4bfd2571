//! The queues of the in-memory store.

use std::collections::{BTreeSet, HashMap};
use std::time::Instant;

use crate::store::QueueItem;

/// The items of a queue.
#[derive(Debug, Default)]
pub(super) struct MemoryQueue {
    items: HashMap<u64, MemoryItem>,
    ready: BTreeSet<(Instant, u64)>,
}

#[derive(Debug)]
struct MemoryItem {
    bytes: Vec<u8>,
    ready: Instant,
    attempts: u32,
}

impl MemoryQueue {
    pub(super) fn push(&mut self, id: u64, item: &[u8], ready: Instant) {
        self.items.insert(id, MemoryItem { bytes: item.to_owned(), ready, attempts: 0 });
        self.ready.insert((ready, id));
    }

    /// Claims the item that has been ready longest, until `lease_end`.
    pub(super) fn claim(&mut self, now: Instant, lease_end: Instant) -> Option<QueueItem> {
        let &(_, id) = self.ready.first().filter(|(ready, _)| *ready <= now)?;
        self.defer(id, lease_end);
        let item = self.items.get_mut(&id)?;
        item.attempts += 1;
        Some(QueueItem { id: id.to_string(), item: item.bytes.clone(), attempts: item.attempts })
    }

    /// Removes an item and returns its bytes.
    pub(super) fn remove(&mut self, id: u64) -> Option<Vec<u8>> {
        let item = self.items.remove(&id)?;
        self.ready.remove(&(item.ready, id));
        Some(item.bytes)
    }

    /// Makes an item ready again at `until`.
    pub(super) fn defer(&mut self, id: u64, until: Instant) {
        if let Some(item) = self.items.get_mut(&id) {
            self.ready.remove(&(item.ready, id));
            item.ready = until;
            self.ready.insert((until, id));
        }
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }
}
