//! The transport, which sends HTTP requests and returns the responses. Middleware, mocks and recorders implement the
//! same trait.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;

/// The result of a [`Transport`]: the response with its complete body, or an error.
pub type TransportFuture<'a> =
    Pin<Box<dyn Future<Output = Result<http::Response<Bytes>, TransportError>> + Send + 'a>>;

/// Sends HTTP requests.
///
/// A client has one transport; [`HttpTransport`](crate::HttpTransport) is the default. An implementation that wraps
/// another one is middleware ([`ClientBuilder::middleware`](crate::ClientBuilder::middleware)); one that sends nothing
/// is a mock. See [`transport_fn`] for a transport from a closure.
///
/// A request already contains its credentials, whose header values are marked as sensitive, and has the [`UrlTemplate`]
/// among its extensions. A transport must not follow redirects, because the client follows them without leaving the
/// server.
pub trait Transport: Send + Sync {
    /// Sends a request.
    fn send(&self, request: http::Request<Bytes>) -> TransportFuture<'_>;
}

impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn send(&self, request: http::Request<Bytes>) -> TransportFuture<'_> {
        (**self).send(request)
    }
}

/// The path template of a request, such as `/orders/{id}`: an extension of the requests that a [`Transport`] sends, for
/// metric and span names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlTemplate(pub Cow<'static, str>);

/// A [`Transport`] from a closure, created by [`transport_fn`].
#[derive(Clone, Copy)]
pub struct TransportFn<F>(F);

/// Creates a transport from a closure, for mocks.
///
/// ```
/// # use toolcrate_runtime::{Bytes, http, transport_fn};
/// let mock = transport_fn(|request: http::Request<Bytes>| async move {
///     assert_eq!(request.uri().path(), "/orders");
///     Ok(http::Response::new(Bytes::from("[]")))
/// });
/// ```
pub fn transport_fn<F, R>(send: F) -> TransportFn<F>
where
    F: Fn(http::Request<Bytes>) -> R + Send + Sync,
    R: Future<Output = Result<http::Response<Bytes>, TransportError>> + Send + 'static,
{
    TransportFn(send)
}

impl<F, R> Transport for TransportFn<F>
where
    F: Fn(http::Request<Bytes>) -> R + Send + Sync,
    R: Future<Output = Result<http::Response<Bytes>, TransportError>> + Send + 'static,
{
    fn send(&self, request: http::Request<Bytes>) -> TransportFuture<'_> {
        Box::pin((self.0)(request))
    }
}

/// The reason why a transport has no response or only a partial one.
#[derive(Clone)]
pub struct TransportError {
    kind: TransportErrorKind,
    message: String,
    status: Option<u16>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// The kind of a [`TransportError`], which determines whether a request may have reached the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The transport can't send the request; nothing was sent.
    Unsendable,
    /// No connection was established; nothing was sent.
    NotConnected,
    /// The request timed out.
    TimedOut,
    /// The connection was closed before the complete response arrived.
    Disconnected,
    /// The transport followed a redirect, which it must not do.
    Redirected,
    /// The response body is larger than the client accepts.
    TooLarge,
}

impl TransportError {
    /// Creates an error with a message, which must not contain secrets.
    pub fn new(kind: TransportErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), status: None, source: None }
    }

    /// Returns the error with the status of a response whose body is missing or incomplete.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Returns the error with its cause.
    #[must_use]
    pub fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// Returns the kind of failure.
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    /// Returns the message.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the response status, if its first lines arrived.
    pub fn status(&self) -> Option<u16> {
        self.status
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TransportError({:?}: {})", self.kind, self.message)
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
