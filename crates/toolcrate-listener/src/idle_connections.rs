//! Tracks idle connections, so clients that connect without sending requests can't block others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

/// How often a connection that must close checks whether its request is complete.
const BUSY_RETRY_INTERVAL: Duration = Duration::from_millis(50);

/// A listener's connections. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct IdleConnections(Arc<Mutex<ConnectionTable>>);

#[derive(Default)]
struct ConnectionTable {
    last_id: u64,
    connections: HashMap<u64, ConnectionState>,
}

struct ConnectionState {
    /// When the connection became idle, or `None` if it has a request.
    idle_since: Option<Instant>,
    closing: CancellationToken,
}

/// A connection in the table. It is removed when this value is dropped.
pub(crate) struct TrackedConnection {
    id: u64,
    closing: CancellationToken,
    table: IdleConnections,
}

impl IdleConnections {
    /// Adds an idle connection.
    pub(crate) fn add(&self) -> TrackedConnection {
        let closing = CancellationToken::new();
        let mut table = self.lock();
        table.last_id += 1;
        let id = table.last_id;
        let state = ConnectionState { idle_since: Some(Instant::now()), closing: closing.clone() };
        table.connections.insert(id, state);
        TrackedConnection { id, closing, table: self.clone() }
    }

    /// Closes the connection that has been idle longest, if there is one.
    pub(crate) fn close_oldest(&self) {
        let table = self.lock();
        let idle = table.connections.values().filter(|state| !state.closing.is_cancelled());
        let idle = idle.filter_map(|state| Some((state.idle_since?, state)));
        if let Some((_, oldest)) = idle.min_by_key(|(since, _)| *since) {
            oldest.closing.cancel();
        }
    }

    fn set(&self, id: u64, idle_since: Option<Instant>) {
        if let Some(state) = self.lock().connections.get_mut(&id) {
            state.idle_since = idle_since;
        }
    }

    fn lock(&self) -> MutexGuard<'_, ConnectionTable> {
        // No code panics halfway while holding the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TrackedConnection {
    /// A token that is canceled when the connection must make room for another one.
    pub(crate) fn closing(&self) -> CancellationToken {
        self.closing.clone()
    }

    /// Waits until the connection must close and is idle. A request that arrives at the last moment is still served.
    pub(crate) async fn must_close(&self) {
        self.closing.cancelled().await;
        while !self.is_idle() {
            tokio::time::sleep(BUSY_RETRY_INTERVAL).await;
        }
    }

    fn is_idle(&self) -> bool {
        self.table.lock().connections.get(&self.id).is_some_and(|state| state.idle_since.is_some())
    }

    /// Marks the connection as busy until the returned value is dropped.
    pub(crate) fn begin_request(&self) -> RequestInProgress {
        self.table.set(self.id, None);
        RequestInProgress { id: self.id, table: self.table.clone() }
    }
}

impl Drop for TrackedConnection {
    fn drop(&mut self) {
        self.table.lock().connections.remove(&self.id);
    }
}

/// A request whose response has not been sent completely.
pub(crate) struct RequestInProgress {
    id: u64,
    table: IdleConnections,
}

impl Drop for RequestInProgress {
    fn drop(&mut self) {
        self.table.set(self.id, Some(Instant::now()));
    }
}
