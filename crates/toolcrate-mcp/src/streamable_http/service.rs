//! Streamable HTTP, as a service to mount in any server.

use std::sync::Arc;

use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};

use crate::server::McpServer;
use crate::session_store::StoredSessions;

/// A tower service that speaks MCP over streamable HTTP.
pub type McpHttpService = StreamableHttpService<McpServer, LocalSessionManager>;

/// Who validates the `Host` and `Origin` headers of requests, so that no web page reaches the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostValidation {
    /// The service. It accepts loopback hosts, and these origins.
    Service {
        /// The origins, for example `http://localhost:8080`.
        allowed_origins: Vec<String>,
    },
    /// The server that mounts the service.
    Mounted,
}

/// Creates a service whose sessions all use `server`. Replicas that share `sessions` can continue each other's.
pub fn http_service(
    server: McpServer,
    validation: HostValidation,
    sessions: Option<StoredSessions>,
) -> McpHttpService {
    let config =
        StreamableHttpServerConfig::default().with_cancellation_token(server.in_flight().drained_token());
    let mut config = match validation {
        HostValidation::Service { allowed_origins } => config.with_allowed_origins(allowed_origins),
        HostValidation::Mounted => config.disable_allowed_hosts(),
    };
    if let Some(sessions) = sessions {
        config.session_store = Some(Arc::new(sessions));
    }
    StreamableHttpService::new(move || Ok(server.clone()), Arc::new(LocalSessionManager::default()), config)
}
