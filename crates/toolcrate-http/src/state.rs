//! State shared by all requests.

use std::sync::Arc;

use axum::extract::State;
use prometheus_client::registry::Registry;
use tokio::sync::watch;
use toolcrate_executor::{ExecutionContext, IdempotencyStore, ToolFilter};

use crate::accounts::AccountRegistry;
use crate::filter_words::FilterWords;
use crate::proxy_routes::ProxyRoutes;
use crate::readiness::Readiness;
use crate::tool_list::ToolListCache;

/// State shared by all requests.
pub(crate) struct HttpState {
    pub(crate) accounts: Arc<AccountRegistry>,
    pub(crate) filter: ToolFilter,
    /// Counts changes to the exposed tools.
    pub(crate) changes: watch::Receiver<u64>,
    pub(crate) context: Arc<ExecutionContext>,
    pub(crate) idempotency: IdempotencyStore,
    pub(crate) filter_words: FilterWords,
    pub(crate) tool_lists: ToolListCache,
    pub(crate) proxy_routes: ProxyRoutes,
    pub(crate) readiness: Readiness,
    pub(crate) metrics: Arc<Registry>,
    pub(crate) openapi: &'static str,
}

/// The state extractor.
pub(crate) type SharedState = State<Arc<HttpState>>;
