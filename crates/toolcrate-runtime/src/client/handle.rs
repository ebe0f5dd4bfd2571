//! The client and its state.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use http::{HeaderMap, HeaderValue};

use super::access_tokens::AccessTokens;
use super::base_url::BaseUrl;
use super::retry::RetryPolicy;
#[cfg(feature = "tools")]
use super::tool_state::ToolState;
use crate::api::Api;
use crate::credentials::Credentials;
use crate::custom_fields::AccountFields;
use crate::transport::Transport;

/// An HTTP client for one API server: base URL, credentials, timeouts and retry policy.
///
/// The same client sends typed requests and, with the `tools` feature, executes tools. It is cheap to clone and
/// intended to be shared. Create one with [`Client::builder`].
///
/// Dropping a call's future is safe at any time and abandons the request. A write may already have taken effect by
/// then.
#[derive(Clone)]
pub struct Client {
    pub(super) state: Arc<ClientState>,
    /// Headers added to every request.
    pub(super) headers: Option<Arc<HeaderMap>>,
}

pub(super) struct ClientState {
    pub(super) api: &'static Api,
    pub(super) base_url: BaseUrl,
    pub(super) transport: Arc<dyn Transport>,
    /// The `User-Agent` header, unless the caller's HTTP client has its own.
    pub(super) user_agent: Option<HeaderValue>,
    pub(super) credentials: Option<Arc<dyn Credentials>>,
    pub(super) tokens: AccessTokens,
    pub(super) retry: RetryPolicy,
    pub(super) max_body: usize,
    /// The account's custom fields, once they have been fetched.
    pub(super) account_fields: RwLock<Option<Arc<AccountFields>>>,
    /// The state for executing tools.
    #[cfg(feature = "tools")]
    pub(super) tools: ToolState,
}

impl Client {
    /// Returns the API description.
    pub fn api(&self) -> &'static Api {
        self.state.api
    }

    /// Returns the base URL, without a trailing slash.
    pub fn base_url(&self) -> &str {
        self.state.base_url.as_str()
    }

    /// Returns a client that also sends these headers with every request, such as `traceparent` for all requests of one
    /// call. They replace the headers set by an earlier `with_headers`; headers set by a request or by the credentials
    /// take precedence. The client shares everything else with this one.
    #[must_use]
    pub fn with_headers(&self, headers: HeaderMap) -> Self {
        Self { state: Arc::clone(&self.state), headers: Some(Arc::new(headers)) }
    }

    pub(crate) fn account_fields(&self) -> Option<Arc<AccountFields>> {
        self.state.account_fields.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_account_fields(&self, fields: Arc<AccountFields>) {
        *self.state.account_fields.write().unwrap_or_else(PoisonError::into_inner) = Some(fields);
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("api", &self.state.api.name)
            .field("base_url", &self.base_url())
            .finish_non_exhaustive()
    }
}
