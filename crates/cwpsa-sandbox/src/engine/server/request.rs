//! A request whose body has been read completely.

use std::net::SocketAddr;

use bytes::Bytes;
use http::request;

use super::state::ServerState;

/// A request with its complete body.
pub(super) struct BufferedRequest {
    pub(super) parts: request::Parts,
    pub(super) body: Bytes,
    pub(super) peer: SocketAddr,
}

impl BufferedRequest {
    /// Returns the decoded query parameters.
    pub(super) fn query(&self) -> Vec<(String, String)> {
        let query = self.parts.uri.query().unwrap_or_default();
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }

    /// Returns the host and port with which the caller addresses the server.
    pub(super) fn host(&self, state: &ServerState) -> String {
        let host = self.parts.headers.get(http::header::HOST).and_then(|host| host.to_str().ok());
        host.map_or_else(|| state.address.to_string(), str::to_owned)
    }
}
