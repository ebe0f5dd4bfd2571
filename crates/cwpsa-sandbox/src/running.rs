//! Starts a sandbox for tests: a server on a free local port, and a client for it.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use connectwise_psa::runtime::{self, Client, ClientBuilder, Error, HeaderMap, Secret};
use connectwise_psa::{API, Credentials};

use crate::engine::sandbox::Sandbox;
use crate::engine::server::{MockServer, MockServerSettings, serve};
use crate::fault_injection::{FaultRule, FaultSettings, RequestBudget};
use crate::settings::{ApiKey, SandboxSettings, SandboxStartError};

/// The client ID sent by a sandbox's client. The sandbox accepts any client ID.
const CLIENT_ID: &str = "00000000-0000-0000-0000-000000000000";

/// A sandbox that listens on a free local port, started by [`Sandbox::start`].
///
/// It stops when this value and all clients for it are dropped.
#[derive(Debug)]
pub struct RunningSandbox {
    server: Arc<MockServer>,
    key: ApiKey,
    client: Client,
}

/// Configures a [`RunningSandbox`]. Created by [`Sandbox::builder`].
///
/// ```
/// # use cwpsa_sandbox::Sandbox;
/// let builder = Sandbox::builder()
///     .seed(7)
///     .budget(60, std::time::Duration::from_secs(60))
///     .faults(["html_error 5%", "cut_after x1 POST /service/tickets"]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct SandboxBuilder {
    settings: SandboxSettings,
    rules: Vec<FaultRule>,
    /// Faults as text, parsed on startup.
    faults: Vec<String>,
    budget: Option<RequestBudget>,
}

impl Sandbox {
    /// Starts a sandbox with the seed records, in memory, on a free local port.
    ///
    /// # Errors
    /// Returns an error if no local port can be listened on.
    pub async fn start() -> Result<RunningSandbox, SandboxStartError> {
        Self::builder().start().await
    }

    /// Returns a builder for configuring a sandbox.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
    }
}

impl SandboxBuilder {
    /// Sets the seed for random faults and for the records of a large tenant. The same sequence of requests encounters
    /// the same faults each time.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.settings.seed = seed;
        self
    }

    /// Adds faults, in the command-line syntax: `FAULT[=VALUE] [PERCENT%] [xCOUNT] [METHOD] [PATH]`, such as
    /// `too_many_requests=2 x1 GET /service/tickets`. See [`FaultKind`](crate::fault_injection::FaultKind).
    #[must_use]
    pub fn faults<T: Into<String>>(mut self, faults: impl IntoIterator<Item = T>) -> Self {
        self.faults.extend(faults.into_iter().map(Into::into));
        self
    }

    /// Adds a fault with all its options.
    #[must_use]
    pub fn fault(mut self, rule: FaultRule) -> Self {
        self.rules.push(rule);
        self
    }

    /// Limits the requests in a time window; additional ones get a 429.
    #[must_use]
    pub fn budget(mut self, requests: u32, window: Duration) -> Self {
        let window_seconds = u32::try_from(window.as_secs()).unwrap_or(u32::MAX);
        self.budget = Some(RequestBudget { requests, window_seconds });
        self
    }

    /// Generates this many tickets, and half as many configurations, in addition to the seed records.
    #[must_use]
    pub fn scale(mut self, tickets: u32) -> Self {
        self.settings.scale = Some(tickets);
        self
    }

    /// Loads records from a JSON file in addition to the seed records.
    #[must_use]
    pub fn records(mut self, file: impl Into<PathBuf>) -> Self {
        self.settings.records = Some(file.into());
        self
    }

    /// Saves the records in a file, with which the next sandbox continues.
    #[must_use]
    pub fn data(mut self, file: impl Into<PathBuf>) -> Self {
        self.settings.data = Some(file.into());
        self
    }

    /// Fixes the sandbox's time, in seconds since 1970.
    #[must_use]
    pub fn now(mut self, seconds: i64) -> Self {
        self.settings.now = Some(seconds);
        self
    }

    /// Starts the sandbox.
    ///
    /// # Errors
    /// Returns an error if a fault is invalid, a file can't be used, or no local port can be listened on.
    pub async fn start(self) -> Result<RunningSandbox, SandboxStartError> {
        let mut rules = self.rules;
        for fault in &self.faults {
            rules.push(FaultRule::from_str(fault)?);
        }
        let key = self.settings.keys.first().cloned().ok_or(SandboxStartError::NoKey)?;
        let settings = MockServerSettings {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            companies: vec![key.company_id.clone()],
            faults: FaultSettings { seed: self.settings.seed, budget: self.budget, rules },
            ..MockServerSettings::default()
        };
        let engine = Sandbox::new(self.settings)?;
        let server = serve(Arc::new(engine), settings).await.map_err(SandboxStartError::Server)?;
        let server = Arc::new(server);
        let client = client_builder(&server, &key).build()?;
        Ok(RunningSandbox { server, key, client })
    }
}

impl RunningSandbox {
    /// Returns a client for the sandbox, which keeps it running.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// Returns a client builder for the sandbox, for example to set a different timeout or a retry policy. The clients
    /// keep the sandbox running.
    pub fn client_builder(&self) -> ClientBuilder {
        client_builder(&self.server, &self.key)
    }

    /// Returns the server, with its address, its faults and the callbacks that it sent.
    pub fn server(&self) -> &MockServer {
        &self.server
    }

    /// Returns the base URL, for clients other than [`client`](Self::client).
    pub fn base_url(&self) -> String {
        self.server.base_url()
    }
}

fn client_builder(server: &Arc<MockServer>, key: &ApiKey) -> ClientBuilder {
    let credentials = Credentials {
        company_id: key.company_id.clone(),
        public_key: key.public_key.clone(),
        private_key: Secret::from(key.private_key.as_str()),
        client_id: Secret::from(CLIENT_ID),
    };
    let credentials = SandboxCredentials { credentials, _server: Arc::clone(server) };
    Client::builder(&API).base_url(server.base_url()).credentials(credentials)
}

/// A sandbox's credentials, which keep it running as long as a client uses them.
struct SandboxCredentials {
    credentials: Credentials,
    _server: Arc<MockServer>,
}

impl runtime::Credentials for SandboxCredentials {
    fn apply(&self, headers: &mut HeaderMap) -> Result<(), Error> {
        self.credentials.apply(headers)
    }
}

impl fmt::Debug for SandboxCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.credentials.fmt(f)
    }
}
