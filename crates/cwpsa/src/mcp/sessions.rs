//! Sessions of clients that still have them (protocol versions before 2026-07-28), in the store that copies of a server
//! share: a copy that is asked for a session it does not know takes it up from there.
//!
//! What a session waits for stays with the copy that began it: an answer to a question that the server asked its client
//! in such a session must reach that copy, which takes a balancer that keeps a session (`Mcp-Session-Id`) in one place.
//! Newer clients send their answer with the call, to any copy.

use std::time::Duration;

use async_trait::async_trait;
use rmcp::transport::streamable_http_server::session::{SessionState, SessionStore, SessionStoreError};

use toolcrate_executor::sha256_hex;
use toolcrate_store::SharedStore;

/// How long a session can be taken up. A client whose session is gone begins a new one.
const KEPT: Duration = Duration::from_secs(24 * 3600);

/// The sessions of one account or token.
#[derive(Debug)]
pub struct Sessions {
    store: SharedStore,
    prefix: String,
}

impl Sessions {
    /// The sessions of whoever `owner` names: no session is taken up by another.
    pub fn new(store: SharedStore, owner: &str) -> Self {
        // An owner may be a token, which the store need not see.
        Self { store, prefix: format!("sessions/{}/", sha256_hex(owner)) }
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn load(&self, id: &str) -> Result<Option<SessionState>, SessionStoreError> {
        let found = self.store.get(&format!("{}{id}", self.prefix)).await?;
        Ok(found.map(|bytes| serde_json::from_slice(&bytes)).transpose()?)
    }

    async fn store(&self, id: &str, state: &SessionState) -> Result<(), SessionStoreError> {
        Ok(self.store.put(&format!("{}{id}", self.prefix), &serde_json::to_vec(state)?, KEPT).await?)
    }

    async fn delete(&self, id: &str) -> Result<(), SessionStoreError> {
        Ok(self.store.remove(&format!("{}{id}", self.prefix)).await?)
    }
}
