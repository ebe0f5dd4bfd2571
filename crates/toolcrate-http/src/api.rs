//! Builds the router for all endpoints.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{any, get, post};
use prometheus_client::registry::Registry;
use toolcrate_executor::{ExecutionContext, IdempotencyStore, ToolFilter, ToolListChanges};
use toolcrate_store::SharedStore;
use tower_http::normalize_path::NormalizePath;

use crate::accounts::AccountRegistry;
use crate::error::HttpError;
use crate::filter_words::FilterWords;
use crate::health_check::HealthCheck;
use crate::limits::MAX_BODY_BYTES;
use crate::metrics::RequestMetrics;
use crate::middleware::{
    AllowedHosts, Observer, cors_layer, errors_as_json, method_not_allowed, require_access, validate_host,
};
use crate::proxy_routes::ProxyRoutes;
use crate::readiness::Readiness;
use crate::routes::{
    call_tool, decide_approval, list_approvals, list_capabilities, list_tools, proxy_collection, proxy_item,
    show_metrics, show_openapi, show_readiness,
};
use crate::state::HttpState;
use crate::tool_list::ToolListCache;

/// The default OpenAPI document of a server.
const NO_DESCRIPTION: &str = r#"{"openapi":"3.1.0","info":{"title":"tools","version":"1"},"paths":{}}"#;

/// Serves a catalog's tools over HTTP, for the accounts in a registry.
pub struct HttpApi {
    accounts: Arc<AccountRegistry>,
    filter: ToolFilter,
    context: Arc<ExecutionContext>,
    store: SharedStore,
    hosts: AllowedHosts,
    observer: Observer,
    changes: ToolListChanges,
    metrics: Arc<Registry>,
    health_check: Option<HealthCheck>,
    openapi: &'static str,
    routes: Router,
    protocol_routes: Router,
}

impl HttpApi {
    /// Serves the tools selected by `filter`. Responses to requests with an idempotency key are kept in `store`.
    pub fn new(
        accounts: Arc<AccountRegistry>,
        filter: ToolFilter,
        context: Arc<ExecutionContext>,
        store: SharedStore,
        hosts: AllowedHosts,
    ) -> Self {
        let observer = Observer::new(context.in_flight.clone(), RequestMetrics::default());
        Self {
            accounts,
            filter,
            context,
            store,
            hosts,
            observer,
            changes: ToolListChanges::default(),
            metrics: Arc::default(),
            health_check: None,
            openapi: NO_DESCRIPTION,
            routes: Router::new(),
            protocol_routes: Router::new(),
        }
    }

    /// Rebuilds the tool lists after each of these changes.
    #[must_use]
    pub fn with_changes(self, changes: ToolListChanges) -> Self {
        Self { changes, ..self }
    }

    /// Replaces the observer, which counts requests in its own metrics.
    #[must_use]
    pub fn with_observer(self, observer: Observer) -> Self {
        Self { observer, ..self }
    }

    /// Shows these metrics at `/metrics`.
    #[must_use]
    pub fn with_metrics(self, metrics: Arc<Registry>) -> Self {
        Self { metrics, ..self }
    }

    /// Sets the account check for `/readyz`. Without it, all accounts are considered ready.
    #[must_use]
    pub fn with_health_check(self, health_check: HealthCheck) -> Self {
        Self { health_check: Some(health_check), ..self }
    }

    /// Sets the OpenAPI document at `/openapi.json`.
    #[must_use]
    pub fn with_openapi(self, document: &'static str) -> Self {
        Self { openapi: document, ..self }
    }

    /// Adds routes of the product. Their errors are converted to the JSON format of all other errors.
    #[must_use]
    pub fn with_routes(self, routes: Router) -> Self {
        Self { routes: self.routes.merge(routes), ..self }
    }

    /// Adds routes of another transport, whose errors are left unchanged.
    #[must_use]
    pub fn with_protocol_routes(self, routes: Router) -> Self {
        Self { protocol_routes: self.protocol_routes.merge(routes), ..self }
    }

    /// Builds the router. All requests are observed, and requests with unknown hosts are rejected.
    pub fn into_router(self) -> Router {
        let state = Arc::new(HttpState {
            proxy_routes: ProxyRoutes::new(self.filter.catalog()),
            filter_words: FilterWords::new(self.filter.catalog()),
            accounts: self.accounts,
            filter: self.filter,
            changes: self.changes.subscribe(),
            context: self.context,
            idempotency: IdempotencyStore::new(Arc::clone(&self.store)),
            tool_lists: ToolListCache::default(),
            readiness: Readiness::new(self.health_check, Arc::clone(&self.store)),
            metrics: self.metrics,
            openapi: self.openapi,
        });
        let hosts = Arc::new(self.hosts);
        let all = api_routes(state)
            .merge(self.routes)
            .fallback(not_found)
            .method_not_allowed_fallback(method_not_allowed)
            .layer(from_fn(errors_as_json))
            .merge(self.protocol_routes)
            .layer(cors_layer(&hosts))
            .layer(from_fn_with_state(hosts, validate_host))
            .layer(DefaultBodyLimit::max(MAX_BODY_BYTES));
        // Truto's SDK appends a slash even to a base URL that already ends in one. A layer of the router itself would
        // run after routing.
        Router::new().fallback_service(NormalizePath::trim_trailing_slash(self.observer.observe(all)))
    }
}

fn api_routes(state: Arc<HttpState>) -> Router {
    // Bodies can be large, so they aren't read for callers without access.
    let calls = Router::new()
        .route("/proxy/{resource}", any(proxy_collection))
        .route("/proxy/{resource}/{rest}", any(proxy_item))
        .route("/tools/{name}/call", post(call_tool))
        .route_layer(from_fn_with_state(Arc::clone(&state), require_access));
    Router::new()
        .merge(calls)
        .route("/integrated-account/{account}/tools", get(list_tools))
        .route("/integrated-account/{account}/capabilities", get(list_capabilities))
        .route("/approvals", get(list_approvals))
        .route("/approvals/{id}", post(decide_approval))
        .route("/metrics", get(show_metrics))
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(show_readiness))
        .route("/openapi.json", get(show_openapi))
        .with_state(state)
}

async fn not_found() -> Result<Response, HttpError> {
    Err(HttpError::NotFound("unknown path; see /openapi.json for all paths".to_owned()))
}
