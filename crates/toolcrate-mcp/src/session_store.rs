//! Stores sessions for protocol versions before 2026-07-28, so that replicas can share them. A replica that gets a
//! request for a session it doesn't know restores the session from the store.
//!
//! A pending elicitation stays with the replica that sent it, and the response must reach that replica, so a load
//! balancer must route all requests with the same `Mcp-Session-Id` to one replica. Newer clients send the response with
//! the call, to any replica.

use std::time::Duration;

use async_trait::async_trait;
use rmcp::transport::streamable_http_server::session::{SessionState, SessionStore, SessionStoreError};
use toolcrate_executor::sha256_hex;
use toolcrate_store::SharedStore;

/// How long a session can be continued. A client whose session has expired starts a new one.
const SESSION_TTL: Duration = Duration::from_secs(24 * 3600);

/// The stored sessions of one account or token.
#[derive(Debug)]
pub struct StoredSessions {
    store: SharedStore,
    prefix: String,
}

impl StoredSessions {
    /// Creates the store for the sessions of `owner`. No other owner can continue them.
    pub fn new(store: SharedStore, owner: &str) -> Self {
        // An owner may be a token, which must not be stored.
        Self { store, prefix: format!("sessions/{}/", sha256_hex(owner)) }
    }
}

#[async_trait]
impl SessionStore for StoredSessions {
    async fn load(&self, id: &str) -> Result<Option<SessionState>, SessionStoreError> {
        let found = self.store.get(&format!("{}{id}", self.prefix)).await?;
        Ok(found.map(|bytes| serde_json::from_slice(&bytes)).transpose()?)
    }

    async fn store(&self, id: &str, state: &SessionState) -> Result<(), SessionStoreError> {
        Ok(self
            .store
            .put_evictable(&format!("{}{id}", self.prefix), &serde_json::to_vec(state)?, SESSION_TTL)
            .await?)
    }

    async fn delete(&self, id: &str) -> Result<(), SessionStoreError> {
        Ok(self.store.remove(&format!("{}{id}", self.prefix)).await?)
    }
}
