//! Announces changes to the list of tools that a server exposes.

use std::sync::Arc;

use tokio::sync::watch;

/// Counts changes to the tool list: which tools a server exposes, and which custom fields an account adds to them.
/// Clones share the count.
#[derive(Clone, Debug)]
pub struct ToolListChanges(Arc<watch::Sender<u64>>);

impl Default for ToolListChanges {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }
}

impl ToolListChanges {
    /// Announces a change.
    pub fn notify(&self) {
        self.0.send_modify(|count| *count += 1);
    }

    /// Subscribes to the number of changes so far.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.0.subscribe()
    }
}
