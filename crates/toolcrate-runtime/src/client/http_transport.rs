//! The default transport, based on `reqwest`. Its HTTP client is created when the first request is sent: loading the
//! system's certificates takes longer than everything else in a short-lived process, and a process that only inspects
//! requests doesn't need them.

use std::sync::OnceLock;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::CONTENT_TYPE;

use crate::tls;
use crate::transport::{Transport, TransportError, TransportErrorKind, TransportFuture};
use crate::transport_error::message_with_causes;

/// The default maximum size of a response.
pub(super) const MAX_BODY_BYTES: usize = 64 << 20;

/// A function that changes the settings of the HTTP client.
pub(super) type ConfigureFn = Box<dyn Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync>;

/// Settings for creating the HTTP client.
pub(super) struct HttpSettings {
    pub(super) timeout: Duration,
    /// True if the server uses plain HTTP, so no TLS is needed.
    pub(super) plain: bool,
    /// True if the server is local, so no proxy is needed.
    pub(super) loopback: bool,
    /// The caller's changes, in order.
    pub(super) changes: Vec<ConfigureFn>,
}

/// Sends requests with `reqwest`.
pub struct HttpTransport {
    client: OnceLock<reqwest::Client>,
    /// The settings for creating the client, unless the caller provided one.
    settings: Option<HttpSettings>,
    /// The time limit for each request, if it differs from the client's.
    timeout: Option<Duration>,
    max_body: usize,
}

impl HttpTransport {
    /// Creates a transport that sends requests with `client`, which must not follow redirects
    /// (`redirect(Policy::none())`).
    pub fn new(client: reqwest::Client) -> Self {
        Self { client: OnceLock::from(client), settings: None, timeout: None, max_body: MAX_BODY_BYTES }
    }

    /// Creates a transport whose client is created when the first request is sent.
    pub(super) fn from_settings(settings: HttpSettings) -> Self {
        Self { client: OnceLock::new(), settings: Some(settings), timeout: None, max_body: MAX_BODY_BYTES }
    }

    /// Sets the time limit for a request, from connecting to the last byte.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets the maximum size of a response body: 64 MiB by default.
    #[must_use]
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = bytes;
        self
    }

    /// Returns the client, creating it on the first call.
    fn client(&self) -> Result<&reqwest::Client, TransportError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let no_client = || TransportError::new(TransportErrorKind::Unsendable, "there is no HTTP client");
        let client = self.settings.as_ref().ok_or_else(no_client)?.make_client()?;
        Ok(self.client.get_or_init(|| client))
    }

    async fn exchange(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let (parts, body) = request.into_parts();
        let has_body = !body.is_empty() || parts.headers.contains_key(CONTENT_TYPE);
        let mut request = self.client()?.request(parts.method, parts.uri.to_string()).headers(parts.headers);
        if has_body {
            request = request.body(body);
        }
        if let Some(timeout) = self.timeout {
            request = request.timeout(timeout);
        }
        let mut response = request.send().await.map_err(failed)?;
        let status = response.status();
        if response.url().path() != parts.uri.path() || response.url().host_str() != parts.uri.host() {
            let message = "the HTTP client followed a redirect; build it with redirect(Policy::none())";
            return Err(
                TransportError::new(TransportErrorKind::Redirected, message).with_status(status.as_u16())
            );
        }
        let too_large = || {
            let message = format!("the response exceeds {} bytes", self.max_body);
            TransportError::new(TransportErrorKind::TooLarge, message).with_status(status.as_u16())
        };
        if status.is_success()
            && response.content_length().is_some_and(|length| length > self.max_body as u64)
        {
            return Err(too_large());
        }
        let mut body = BytesMut::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() <= self.max_body => {
                    body.extend_from_slice(&chunk)
                }
                Ok(None) => break,
                // For an error, a partial body is enough.
                Ok(Some(_)) | Err(_) if !status.is_success() => break,
                Ok(Some(_)) => return Err(too_large()),
                Err(error) => return Err(failed(error).with_status(status.as_u16())),
            }
        }
        let mut whole = http::Response::new(body.freeze());
        *whole.status_mut() = status;
        *whole.headers_mut() = std::mem::take(response.headers_mut());
        Ok(whole)
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: http::Request<Bytes>) -> TransportFuture<'_> {
        Box::pin(self.exchange(request))
    }
}

impl HttpSettings {
    fn make_client(&self) -> Result<reqwest::Client, TransportError> {
        // If the process has already installed a provider, that one is used.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut http = reqwest::Client::builder()
            // A failed connection means that nothing was sent, so connecting must time out before the request as a
            // whole does.
            .connect_timeout(Duration::from_secs(10).min(self.timeout / 2))
            .timeout(self.timeout);
        if self.plain && self.changes.is_empty() {
            let tls = tls::without_certificates()
                .map_err(|error| TransportError::new(TransportErrorKind::Unsendable, error))?;
            http = http.tls_backend_preconfigured(tls);
        }
        if self.loopback {
            http = http.no_proxy();
        }
        for change in &self.changes {
            http = change(http);
        }
        // This comes last, because our client follows redirects itself to keep credentials on the server.
        let http = http.redirect(reqwest::redirect::Policy::none()).build();
        http.map_err(|error| {
            let error = error.without_url();
            let message = format!("cannot set up the transport: {}", message_with_causes(&error));
            TransportError::new(TransportErrorKind::Unsendable, message).with_source(error)
        })
    }
}

/// Returns the error for a request with no response or only a partial one.
fn failed(error: reqwest::Error) -> TransportError {
    let kind = if error.is_builder() {
        TransportErrorKind::Unsendable
    } else if error.is_connect() {
        TransportErrorKind::NotConnected
    } else if error.is_timeout() {
        TransportErrorKind::TimedOut
    } else {
        TransportErrorKind::Disconnected
    };
    let error = error.without_url();
    let message = message_with_causes(&error);
    let message = match kind {
        TransportErrorKind::Unsendable => format!("cannot build the request: {message}"),
        _ => message,
    };
    TransportError::new(kind, message).with_source(error)
}
