//! Configuration of a client, validated before anything is sent.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::base_url::BaseUrl;
use super::connect::Connector;
use super::handle::{Client, ClientState};
use super::retry::RetryPolicy;
use crate::api::Api;
use crate::credentials::Credentials;
use crate::cursor::CursorKey;
use crate::error::Error;
use crate::host_arguments::HostArguments;

/// Configures a [`Client`].
pub struct ClientBuilder {
    api: &'static Api,
    base_url: String,
    credentials: Option<Arc<dyn Credentials>>,
    timeout: Duration,
    retry: RetryPolicy,
    max_body: usize,
    allow_plain_http: bool,
    cursor_key: Option<CursorKey>,
    host_arguments: HostArguments,
}

impl ClientBuilder {
    fn new(api: &'static Api) -> Self {
        Self {
            api,
            base_url: String::new(),
            credentials: None,
            timeout: Duration::from_secs(60),
            retry: RetryPolicy::none(),
            max_body: 64 << 20,
            allow_plain_http: false,
            cursor_key: None,
            host_arguments: HostArguments::default(),
        }
    }

    /// Sets the URL that all paths are relative to, such as `https://host/api`.
    #[must_use]
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// Sets the credentials. By default, requests have none.
    #[must_use]
    pub fn credentials(mut self, credentials: impl Credentials + 'static) -> Self {
        self.credentials = Some(Arc::new(credentials));
        self
    }

    /// Sets how long one attempt may take, from connecting to the last byte: 60 seconds by default.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets whether and how a request is retried. It never is by default.
    #[must_use]
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// Sets the maximum size of a response body: 64 MiB by default.
    #[must_use]
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = bytes;
        self
    }

    /// Allows plain HTTP to other machines, where anyone on the way can read the credentials. Plain HTTP to this machine is
    /// always allowed.
    #[must_use]
    pub fn allow_plain_http(mut self, allow: bool) -> Self {
        self.allow_plain_http = allow;
        self
    }

    /// Sets the key that signs the cursors of lists. Clients with the same key accept each other's cursors; by default, a
    /// cursor is valid for this client only.
    #[must_use]
    pub fn cursor_key(mut self, key: CursorKey) -> Self {
        self.cursor_key = Some(key);
        self
    }

    /// Sets which arguments tools ignore because the callers' hosts add them: by default, those that known hosts add.
    #[must_use]
    pub fn host_arguments(mut self, names: HostArguments) -> Self {
        self.host_arguments = names;
        self
    }

    /// Creates the client. It connects when the first request is sent.
    ///
    /// # Errors
    /// Returns `Configuration` if the base URL is not safe.
    pub fn build(self) -> Result<Client, Error> {
        let base_url = BaseUrl::new(&self.base_url, self.allow_plain_http)?;
        let connector = Connector {
            user_agent: self.api.user_agent,
            timeout: self.timeout,
            plain: base_url.is_plain(),
            loopback: base_url.is_loopback(),
            client: OnceLock::new(),
        };
        let state = ClientState {
            api: self.api,
            base_url,
            connector,
            credentials: self.credentials,
            retry: self.retry,
            max_body: self.max_body,
            cursor_key: self.cursor_key.map_or_else(CursorKey::random, Ok)?,
            host_arguments: self.host_arguments,
            checks: Default::default(),
            account_fields: Default::default(),
        };
        Ok(Client { state: Arc::new(state), headers: None })
    }
}

impl Client {
    /// Starts to configure a client for an API.
    pub fn builder(api: &'static Api) -> ClientBuilder {
        ClientBuilder::new(api)
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The base URL is not checked yet and may have a password in it.
        f.debug_struct("ClientBuilder").field("api", &self.api.name).finish_non_exhaustive()
    }
}
