//! Setting up a client: what is given is checked here, so that a client that exists can work.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::{Api, Credentials, Error, RetryPolicy};

use super::address::Address;
use super::{Client, Inner};

/// Sets up a [`Client`].
pub struct ClientBuilder {
    api: &'static Api,
    base_url: String,
    credentials: Option<Arc<dyn Credentials>>,
    timeout: Duration,
    retry: RetryPolicy,
    max_body: usize,
    allow_plain_http: bool,
}

impl ClientBuilder {
    pub(super) fn new(api: &'static Api) -> Self {
        Self {
            api,
            base_url: String::new(),
            credentials: None,
            timeout: Duration::from_secs(60),
            retry: RetryPolicy::none(),
            max_body: 64 << 20,
            allow_plain_http: false,
        }
    }

    /// The address that all paths are relative to, such as `https://host/api`.
    #[must_use]
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// Who asks. Without it, requests go out with no credentials.
    #[must_use]
    pub fn credentials(mut self, credentials: impl Credentials + 'static) -> Self {
        self.credentials = Some(Arc::new(credentials));
        self
    }

    /// How long one attempt may take, from the connection to the last byte. 60 seconds if not set.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Whether and how a request is repeated. Never, if not set.
    #[must_use]
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// The most bytes that a body may have. 64 MiB if not set.
    #[must_use]
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = bytes;
        self
    }

    /// Allows plain http to other machines, where anyone on the way can read the credentials. To this machine
    /// it is always allowed.
    #[must_use]
    pub fn allow_plain_http(mut self, allow: bool) -> Self {
        self.allow_plain_http = allow;
        self
    }

    /// The client.
    ///
    /// # Errors
    /// `Configuration` if the base URL is not safe or the transport can't be set up.
    pub fn build(self) -> Result<Client, Error> {
        let address = Address::new(&self.base_url, self.allow_plain_http)?;
        let failed = |error: reqwest::Error| {
            Error::configuration(format!(
                "the transport can't be set up: {}",
                super::transport::detail(error)
            ))
        };
        // If the process has chosen a provider already, that one stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut http = reqwest::Client::builder()
            .user_agent(self.api.user_agent)
            // A lost write is told from a connection that never was, so the latter must come to its end first.
            .connect_timeout(Duration::from_secs(10).min(self.timeout / 2))
            .timeout(self.timeout)
            // Redirects are followed by hand, since they must not carry credentials away.
            .redirect(reqwest::redirect::Policy::none());
        if address.is_plain() {
            // Spares reading the system's certificates, which a small container may not even have.
            http = http.tls_backend_preconfigured(no_certificates()?);
        }
        if address.is_loopback() {
            http = http.no_proxy();
        }
        let http = http.build().map_err(failed)?;
        let inner = Inner {
            api: self.api,
            address,
            http,
            credentials: self.credentials,
            retry: self.retry,
            max_body: self.max_body,
            checks: Default::default(),
            definitions: Default::default(),
        };
        Ok(Client { inner: Arc::new(inner), headers: None })
    }
}

/// Encryption that trusts no one, for a client that never encrypts.
fn no_certificates() -> Result<rustls::ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::configuration(error.to_string()))?;
    Ok(config.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth())
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The base URL is not checked yet and may have a password in it.
        f.debug_struct("ClientBuilder").field("api", &self.api.name).finish_non_exhaustive()
    }
}
