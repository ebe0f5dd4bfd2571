//! State shared by all of the server's connections.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use super::settings::MockServerSettings;
use crate::callbacks::Callbacks;
use crate::engine::mock_engine::MockEngine;
use crate::fault_injection::FaultInjector;

/// State shared by all of a server's connections.
pub(super) struct ServerState {
    pub(super) engine: Arc<dyn MockEngine>,
    pub(super) settings: MockServerSettings,
    pub(super) address: SocketAddr,
    pub(super) faults: FaultInjector,
    pub(super) callbacks: Callbacks,
}

impl fmt::Debug for ServerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerState").field("address", &self.address).finish_non_exhaustive()
    }
}
