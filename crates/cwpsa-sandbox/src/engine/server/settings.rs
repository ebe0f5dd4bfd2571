//! Server settings.

use std::net::{Ipv4Addr, SocketAddr};

use connectwise_psa::runtime::Secret;

use super::tls::ServerCertificate;
use crate::callbacks::CallbackSettings;
use crate::fault_injection::FaultSettings;

/// Server settings.
#[derive(Clone, Debug)]
pub struct MockServerSettings {
    /// The address to listen on; port 0 selects a free one.
    pub listen: SocketAddr,
    /// The certificate for HTTPS; without one, the server uses HTTP.
    pub tls: Option<ServerCertificate>,
    /// The company IDs that can log in.
    pub companies: Vec<String>,
    /// The size in bytes above which a body is rejected with 413.
    pub max_body: usize,
    /// The length above which a path with its query is rejected with 414.
    pub max_path_and_query: usize,
    /// Hosts other than loopback names that are accepted in the `Host` and `Origin` of requests, for example
    /// behind a tunnel.
    pub allowed_hosts: Vec<String>,
    /// The token that lets callers from other machines use the admin API.
    pub admin_token: Option<Secret>,
    /// The faults to inject.
    pub faults: FaultSettings,
    /// Callback delivery settings.
    pub callbacks: CallbackSettings,
}

impl Default for MockServerSettings {
    fn default() -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            tls: None,
            companies: vec!["acme".to_owned()],
            max_body: 64 << 20,
            max_path_and_query: 8 << 10,
            allowed_hosts: Vec::new(),
            admin_token: None,
            faults: FaultSettings::default(),
            callbacks: CallbackSettings::default(),
        }
    }
}

impl MockServerSettings {
    /// Returns the URL scheme, `https` or `http`.
    pub(super) fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }
}
