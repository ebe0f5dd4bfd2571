//! Setting up a client: what is given is checked here, before anything is sent.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::{Api, Credentials, CursorKey, Error, RetryPolicy};

use super::address::Address;
use super::connect::Connector;
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
    cursor_key: Option<CursorKey>,
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
            cursor_key: None,
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

    /// The key for the cursors of lists, so that other clients with it accept them. Without it, cursors are good for
    /// this client alone.
    #[must_use]
    pub fn cursor_key(mut self, key: CursorKey) -> Self {
        self.cursor_key = Some(key);
        self
    }

    /// The client. It connects when the first request is sent.
    ///
    /// # Errors
    /// `Configuration` if the base URL is not safe.
    pub fn build(self) -> Result<Client, Error> {
        let address = Address::new(&self.base_url, self.allow_plain_http)?;
        let connector = Connector {
            user_agent: self.api.user_agent,
            timeout: self.timeout,
            plain: address.is_plain(),
            loopback: address.is_loopback(),
            made: OnceLock::new(),
        };
        let inner = Inner {
            api: self.api,
            address,
            connector,
            credentials: self.credentials,
            retry: self.retry,
            max_body: self.max_body,
            cursor_key: self.cursor_key.map_or_else(CursorKey::random, Ok)?,
            checks: Default::default(),
            definitions: Default::default(),
        };
        Ok(Client { inner: Arc::new(inner), headers: None })
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The base URL is not checked yet and may have a password in it.
        f.debug_struct("ClientBuilder").field("api", &self.api.name).finish_non_exhaustive()
    }
}
