//! The client and what it holds.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use http::HeaderMap;

use super::base_url::BaseUrl;
use super::connect::Connector;
use super::retry::RetryPolicy;
use crate::api::Api;
use crate::credentials::Credentials;
use crate::cursor::CursorKey;
use crate::custom_fields::AccountFields;
use crate::host_arguments::HostArguments;
use crate::tool::ToolValidators;

/// An HTTP client for one API server: base URL, credentials, timeouts and retry policy.
///
/// The same client sends typed requests and executes tools. It is cheap to clone and meant to be shared. Make one with
/// [`Client::builder`].
///
/// Dropping the future of a call is safe at any time and abandons the request. A write may have taken effect by then.
#[derive(Clone)]
pub struct Client {
    pub(super) state: Arc<ClientState>,
    /// Headers of every request in addition to its own.
    pub(super) headers: Option<Arc<HeaderMap>>,
}

pub(super) struct ClientState {
    pub(super) api: &'static Api,
    pub(super) base_url: BaseUrl,
    pub(super) connector: Connector,
    pub(super) credentials: Option<Arc<dyn Credentials>>,
    pub(super) retry: RetryPolicy,
    pub(super) max_body: usize,
    /// The key that signs the cursors of lists.
    pub(super) cursor_key: CursorKey,
    /// Arguments that tools ignore.
    pub(super) host_arguments: HostArguments,
    /// Compiled schemas of the tools that were called.
    pub(super) checks: ToolValidators,
    /// The custom fields of the account, once they were read.
    pub(super) account_fields: RwLock<Option<Arc<AccountFields>>>,
}

impl Client {
    /// Returns the description of the API.
    pub fn api(&self) -> &'static Api {
        self.state.api
    }

    /// Returns the base URL, without a trailing slash.
    pub fn base_url(&self) -> &str {
        self.state.base_url.as_str()
    }

    /// Returns a client that also sends these headers with every request, such as `traceparent` for all requests of one
    /// call. They replace the headers of an earlier `with_headers`; headers that a request or the credentials set take
    /// precedence. The client shares everything else with this one.
    #[must_use]
    pub fn with_headers(&self, headers: HeaderMap) -> Self {
        Self { state: Arc::clone(&self.state), headers: Some(Arc::new(headers)) }
    }

    /// Returns which arguments tools ignore because the callers' hosts add them.
    pub fn host_arguments(&self) -> &HostArguments {
        &self.state.host_arguments
    }

    pub(crate) fn checks(&self) -> &ToolValidators {
        &self.state.checks
    }

    pub(crate) fn cursor_key(&self) -> &CursorKey {
        &self.state.cursor_key
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
