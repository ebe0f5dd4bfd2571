//! The client: where the server is, who asks, and how patiently. One client serves typed requests and tools;
//! it is cheap to clone and meant to be shared.

mod address;
mod builder;
mod connect;
mod prepare;
mod raw;
mod retry;
mod send;
mod transport;

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use crate::custom::Definitions;
use crate::tool::ToolValidators;
use crate::{Answer, Api, Credentials, CursorKey, Error, HeaderMap, Request, Response};

use address::Address;
use connect::Connector;

pub use builder::ClientBuilder;
pub use prepare::{PreparedBody, PreparedRequest};
pub use retry::RetryPolicy;

pub(crate) use prepare::Ready;
pub(crate) use send::Received;

/// Sends requests to one server.
///
/// Dropping the future of a call is safe at any time: the request is then given up. If it was a write, it
/// may have taken effect all the same.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
    /// Sent with every request besides its own.
    headers: Option<Arc<HeaderMap>>,
}

struct Inner {
    api: &'static Api,
    address: Address,
    connector: Connector,
    credentials: Option<Arc<dyn Credentials>>,
    retry: RetryPolicy,
    max_body: usize,
    /// Signs the cursors of lists.
    cursor_key: CursorKey,
    /// Compiled schemas of the tools that were called.
    checks: ToolValidators,
    /// The account's definitions of its own fields, once they were read.
    definitions: RwLock<Option<Arc<Definitions>>>,
}

impl Client {
    /// Begins a client for an API.
    pub fn builder(api: &'static Api) -> ClientBuilder {
        ClientBuilder::new(api)
    }

    /// The API that the client speaks.
    pub fn api(&self) -> &'static Api {
        self.inner.api
    }

    /// The base URL, without a slash at its end.
    pub fn base_url(&self) -> &str {
        self.inner.address.as_str()
    }

    /// The same client, sending these headers with every request too, in place of those that it was given before:
    /// `traceparent`, say, for all requests that belong to one call. Headers that a request or the credentials set
    /// stay as those say. It shares all else with this one and costs next to nothing.
    #[must_use]
    pub fn with_headers(&self, headers: HeaderMap) -> Self {
        Self { inner: Arc::clone(&self.inner), headers: Some(Arc::new(headers)) }
    }

    /// Sends a request and decodes its answer.
    ///
    /// # Errors
    /// Every [kind](crate::ErrorKind) but `UnknownTool`.
    pub async fn send<T: Answer>(&self, request: &Request<T>) -> Result<T, Error> {
        Ok(self.send_full(request).await?.value)
    }

    /// Sends a request and decodes its answer, with status, headers, rate limit and paging.
    ///
    /// # Errors
    /// Every [kind](crate::ErrorKind) but `UnknownTool`.
    pub async fn send_full<T: Answer>(&self, request: &Request<T>) -> Result<Response<T>, Error> {
        let received = self.dispatch(&request.call, T::accept(self.api())).await?;
        let (status, headers) = (received.raw.status(), received.raw.headers().clone());
        let value = T::decode(received.raw).map_err(|error| error.with_request(request.call.label()))?;
        Ok(Response {
            value,
            status,
            headers,
            rate_limit: received.rate_limit,
            request_id: received.request_id,
            next: received.next,
        })
    }

    pub(crate) fn checks(&self) -> &ToolValidators {
        &self.inner.checks
    }

    pub(crate) fn cursor_key(&self) -> &CursorKey {
        &self.inner.cursor_key
    }

    pub(crate) fn definitions(&self) -> Option<Arc<Definitions>> {
        self.inner.definitions.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_definitions(&self, definitions: Arc<Definitions>) {
        *self.inner.definitions.write().unwrap_or_else(PoisonError::into_inner) = Some(definitions);
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("api", &self.inner.api.name)
            .field("base_url", &self.base_url())
            .finish_non_exhaustive()
    }
}
