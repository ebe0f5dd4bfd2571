//! Configures a client. All settings are validated before anything is sent.

use std::fmt;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use http::HeaderValue;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::access_tokens::AccessTokens;
use super::base_url::BaseUrl;
use super::handle::{Client, ClientState};
use super::http_transport::{ConfigureFn, HttpSettings, HttpTransport, MAX_BODY_BYTES};
use super::retry::RetryPolicy;
#[cfg(feature = "tools")]
use super::tool_state::{ToolSettings, ToolState};
use crate::api::Api;
use crate::credentials::Credentials;
use crate::error::Error;
use crate::scheme_credentials::SchemeCredentials;
use crate::transport::Transport;
use crate::transport_error::message_with_causes;

/// The default time limit for a single attempt.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);

/// A function that wraps a transport.
type MiddlewareFn = Box<dyn FnOnce(Arc<dyn Transport>) -> Arc<dyn Transport> + Send>;

/// Configures a [`Client`].
pub struct ClientBuilder {
    api: &'static Api,
    base_url: String,
    credentials: Option<Arc<dyn Credentials>>,
    timeout: Option<Duration>,
    retry: RetryPolicy,
    max_body: usize,
    allow_plain_http: bool,
    user_agent: Option<String>,
    base_transport: BaseTransport,
    middleware: Vec<MiddlewareFn>,
    /// The first invalid transport setting.
    invalid: Option<Error>,
    #[cfg(feature = "tools")]
    pub(super) tools: ToolSettings,
}

/// The transport for requests.
enum BaseTransport {
    /// An HTTP client created with these changes.
    Http(Vec<ConfigureFn>),
    /// The caller's HTTP client.
    Client(reqwest::Client),
    /// The caller's transport.
    Custom(Arc<dyn Transport>),
}

impl ClientBuilder {
    fn new(api: &'static Api) -> Self {
        Self {
            api,
            base_url: String::new(),
            credentials: None,
            timeout: None,
            retry: RetryPolicy::none(),
            max_body: MAX_BODY_BYTES,
            allow_plain_http: false,
            user_agent: None,
            base_transport: BaseTransport::Http(Vec::new()),
            middleware: Vec::new(),
            invalid: None,
            #[cfg(feature = "tools")]
            tools: ToolSettings::default(),
        }
    }

    /// Sets the URL to which all paths are relative, such as `https://host/api`.
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

    /// Sets the time limit for a single attempt, from connecting to the last byte. The default is 60 seconds, or the
    /// timeout of the caller's [HTTP client](Self::http_client).
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets whether and how a request is retried. By default, requests are never retried.
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

    /// Allows plain HTTP to other machines, which lets anyone on the network path read the credentials. Plain HTTP to
    /// the local machine is always allowed.
    #[must_use]
    pub fn allow_plain_http(mut self, allow: bool) -> Self {
        self.allow_plain_http = allow;
        self
    }

    /// Sets the `User-Agent` header, which identifies the generated crate by default.
    #[must_use]
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Sends all requests through a proxy such as `http://proxy.example.com:3128`.
    #[must_use]
    pub fn proxy(self, url: &str) -> Self {
        match reqwest::Proxy::all(url) {
            Ok(proxy) => self.configure_http(move |http| http.proxy(proxy.clone())),
            Err(error) => {
                let message = message_with_causes(&error.without_url());
                self.refuse(format!("the proxy is invalid: {message}"))
            }
        }
    }

    /// Trusts the certificate authorities in `pem`, in addition to the system's.
    #[must_use]
    pub fn root_certificates(mut self, pem: &[u8]) -> Self {
        let parsed: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        let certificates = match parsed {
            Ok(certificates) if !certificates.is_empty() => certificates,
            Ok(_) => {
                return self.refuse(
                    "the root certificates are invalid: no CERTIFICATE section found in the PEM file",
                );
            }
            Err(error) => return self.refuse(format!("the root certificates are invalid: {error}")),
        };
        for der in certificates {
            match reqwest::Certificate::from_der(&der) {
                Ok(root) => self = self.configure_http(move |http| http.tls_certs_merge([root.clone()])),
                Err(error) => return self.refuse(format!("invalid root certificate: {error}")),
            }
        }
        self
    }

    /// Changes the settings of the HTTP client, such as its connection pool or its name resolution. Redirects remain
    /// disabled, because this client follows them itself without leaving the server. Has no effect on the caller's own
    /// [HTTP client](Self::http_client) or [transport](Self::transport).
    #[must_use]
    pub fn configure_http(
        mut self,
        change: impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync + 'static,
    ) -> Self {
        if let BaseTransport::Http(changes) = &mut self.base_transport {
            changes.push(Box::new(change));
        }
        self
    }

    /// Sends requests with this HTTP client, whose user agent, proxy, certificates and timeout apply. It must not
    /// follow redirects (`redirect(Policy::none())`): a redirect that it follows is an error, but by then the
    /// credentials may have been sent to another server.
    #[must_use]
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.base_transport = BaseTransport::Client(client);
        self
    }

    /// Sends requests through this transport instead of over HTTP, such as a mock
    /// ([`transport_fn`](crate::transport_fn)).
    #[must_use]
    pub fn transport(mut self, transport: impl Transport + 'static) -> Self {
        self.base_transport = BaseTransport::Custom(Arc::new(transport));
        self
    }

    /// Wraps the transport. The middleware added last sees a request first.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use toolcrate_runtime::{Api, Bytes, Client, Transport, TransportFuture, http};
    /// struct Log(Arc<dyn Transport>);
    ///
    /// impl Transport for Log {
    ///     fn send(&self, request: http::Request<Bytes>) -> TransportFuture<'_> {
    ///         println!("{} {}", request.method(), request.uri().path());
    ///         self.0.send(request)
    ///     }
    /// }
    ///
    /// # fn example(api: &'static Api) {
    /// let builder = Client::builder(api).middleware(Log);
    /// # }
    /// ```
    #[must_use]
    pub fn middleware<T: Transport + 'static>(
        mut self,
        wrap: impl FnOnce(Arc<dyn Transport>) -> T + Send + 'static,
    ) -> Self {
        self.middleware.push(Box::new(move |inner| Arc::new(wrap(inner))));
        self
    }

    /// Creates the client. It connects when the first request is sent.
    ///
    /// # Errors
    /// Returns `Configuration` if the base URL isn't safe, or if another setting is invalid.
    pub fn build(self) -> Result<Client, Error> {
        if let Some(error) = self.invalid {
            return Err(error);
        }
        let base_url = BaseUrl::new(&self.base_url, self.allow_plain_http)?;
        // The caller's HTTP client has its own user agent.
        let default_agent = (!matches!(self.base_transport, BaseTransport::Client(_)))
            .then(|| self.api.user_agent.to_owned());
        let user_agent = self.user_agent.or(default_agent);
        let user_agent = user_agent.map(|text| HeaderValue::from_str(&text)).transpose();
        let user_agent = user_agent.map_err(|_| {
            Error::configuration("the user agent contains characters that are not allowed in a header")
        })?;
        let is_plain = base_url.is_plain(&token_urls(self.credentials.as_deref()));
        let transport = make_transport(self.base_transport, &base_url, is_plain, self.timeout, self.max_body);
        let state = ClientState {
            api: self.api,
            base_url,
            transport: self.middleware.into_iter().fold(transport, |inner, wrap| wrap(inner)),
            user_agent,
            credentials: self.credentials,
            tokens: AccessTokens::default(),
            retry: self.retry,
            max_body: self.max_body,
            account_fields: RwLock::default(),
            #[cfg(feature = "tools")]
            tools: ToolState::new(self.tools)?,
        };
        Ok(Client { state: Arc::new(state), headers: None })
    }

    /// Records that a setting is invalid.
    fn refuse(mut self, message: impl Into<String>) -> Self {
        self.invalid.get_or_insert(Error::configuration(message));
        self
    }
}

/// Returns the URLs from which tokens are requested.
fn token_urls(credentials: Option<&dyn Credentials>) -> Vec<String> {
    let schemes = credentials.and_then(Credentials::schemes).unwrap_or_default();
    let url = |(_, credentials)| match credentials {
        SchemeCredentials::ClientCredentials(credentials) => Some(credentials.token_url),
        _ => None,
    };
    schemes.into_iter().filter_map(url).collect()
}

fn make_transport(
    base: BaseTransport,
    base_url: &BaseUrl,
    is_plain: bool,
    timeout: Option<Duration>,
    max_body: usize,
) -> Arc<dyn Transport> {
    let http = match base {
        BaseTransport::Custom(transport) => return transport,
        BaseTransport::Client(client) => match timeout {
            Some(timeout) => HttpTransport::new(client).timeout(timeout),
            None => HttpTransport::new(client),
        },
        BaseTransport::Http(changes) => HttpTransport::from_settings(HttpSettings {
            timeout: timeout.unwrap_or(DEFAULT_TIMEOUT),
            plain: is_plain,
            loopback: base_url.is_loopback(),
            changes,
        }),
    };
    Arc::new(http.max_body(max_body))
}

impl Client {
    /// Creates a builder for an API's client.
    pub fn builder(api: &'static Api) -> ClientBuilder {
        ClientBuilder::new(api)
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The base URL hasn't been validated yet and may contain a password.
        f.debug_struct("ClientBuilder").field("api", &self.api.name).finish_non_exhaustive()
    }
}
