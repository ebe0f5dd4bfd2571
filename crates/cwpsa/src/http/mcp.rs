//! Serves the Model Context Protocol over HTTP: `/mcp` with an account's token, and `/mcp/{token}` for clients that can
//! only be configured with a URL. Sessions are kept in the store, so any replica can continue them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, post};
use serde_json::json;
use toolcrate_executor::{Principal, ToolFilter};
use toolcrate_http::{AccountRegistry, FilterWords, HttpError, json_response, read_body, reject_parameters};
use toolcrate_mcp::{
    ExposureMode, HostValidation, McpHttpService, McpOptions, McpServer, StoredSessions, ToolListing,
    http_service,
};
use toolcrate_store::SharedStore;

use super::address_tokens::{AddressClaims, AddressTokens, MintTokenRequest};
use super::mcp_parameters::McpParameters;
use crate::config_watch::ConfigWatch;
use crate::product::PRODUCT;
use crate::webhooks::Webhooks;
use crate::word_lists::WORD_LISTS;

/// Maximum number of tools that are listed for a URL. Beyond it, meta-tools find and call the rest.
const MAX_LISTED_TOOLS: usize = 128;
/// Maximum number of cached services.
const MAX_SERVICES: usize = 256;

type McpEndpointState = State<Arc<McpEndpoint>>;

/// State shared by the MCP routes.
pub(crate) struct McpEndpoint {
    pub(crate) accounts: Arc<AccountRegistry>,
    pub(crate) filter: ToolFilter,
    /// The methods and tags to which a token can be limited.
    pub(crate) filter_words: FilterWords,
    pub(crate) config_watch: ConfigWatch,
    pub(crate) webhooks: Arc<Webhooks>,
    pub(crate) sessions: McpServices,
    pub(crate) tokens: AddressTokens,
    /// How tools are listed, unless a client specifies it.
    pub(crate) listing: ToolListing,
}

impl McpEndpoint {
    /// Returns the MCP routes, and the routes that create tokens for them.
    pub(crate) fn into_routes(self) -> (Router, Router) {
        let endpoint = Arc::new(self);
        let protocol =
            Router::new().route("/mcp", any(serve_account)).route("/mcp/{token}", any(serve_token));
        let tokens = Router::new().route("/integrated-account/{account}/mcp", post(mint_token));
        (protocol.with_state(Arc::clone(&endpoint)), tokens.with_state(endpoint))
    }
}

/// The services for accounts and tokens, each of which keeps its sessions in the store.
pub(crate) struct McpServices {
    store: SharedStore,
    services: Mutex<HashMap<String, McpHttpService>>,
}

impl McpServices {
    /// Creates services that keep sessions in `store`.
    pub(crate) fn new(store: SharedStore) -> Self {
        Self { store, services: Mutex::default() }
    }

    fn get_or_make(&self, key: &str, make: impl FnOnce() -> McpServer) -> McpHttpService {
        // A panic elsewhere leaves the map consistent.
        let mut services = self.services.lock().unwrap_or_else(PoisonError::into_inner);
        if services.len() >= MAX_SERVICES && !services.contains_key(key) {
            services.clear();
        }
        let sessions = || StoredSessions::new(Arc::clone(&self.store), key);
        services
            .entry(key.to_owned())
            .or_insert_with(|| http_service(make(), HostValidation::Mounted, Some(sessions())))
            .clone()
    }
}

/// Handles `POST /integrated-account/{id}/mcp`, which creates a token: `{name, config: {methods, tags}, expires_at}`
/// returns `{url, token}`.
async fn mint_token(
    State(endpoint): McpEndpointState,
    Path(account): Path<String>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, HttpError> {
    // The token is checked before the body is read.
    endpoint.accounts.open(Some(&account), &headers)?;
    reject_parameters(request.uri().query())?;
    let body = read_body(request).await?;
    let request = MintTokenRequest::parse(&body).map_err(|error| HttpError::BadRequest(error.to_string()))?;
    let MintTokenRequest { filter, expires } = request;
    let checked = endpoint.filter_words.check(&filter);
    checked.map_err(|error| HttpError::BadRequest(format!("config: {error}")))?;
    if !endpoint.filter.tools().any(|tool| filter.allows(tool)) {
        return Err(HttpError::BadRequest("no tools match these methods and tags".to_owned()));
    }
    let token = endpoint.tokens.sign(&AddressClaims { account, filter, expires });
    let host = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let scheme = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok()).unwrap_or("http");
    Ok(json_response(
        StatusCode::CREATED,
        &json!({"url": format!("{scheme}://{host}/mcp/{token}"), "token": token}),
    ))
}

/// Serves `/mcp` with an account's own token.
async fn serve_account(
    State(endpoint): McpEndpointState,
    mut request: Request,
) -> Result<Response, HttpError> {
    let id = request.headers().get("x-integrated-account-id").map(HeaderValue::to_str).transpose();
    let id = id.map_err(|_| {
        HttpError::BadRequest("invalid header x-integrated-account-id (expected ASCII text)".to_owned())
    })?;
    let (id, account) = endpoint.accounts.open(id, request.headers())?;
    let parameters =
        McpParameters::parse(request.uri().query().unwrap_or_default(), request.headers(), endpoint.listing)?;
    let principal = account.principal("mcp", request.headers());
    request.extensions_mut().insert(principal);
    let key = format!("{id} {}", parameters.key);
    let make = || {
        let executor = match parameters.filter {
            Some(chosen) => {
                let filter = endpoint.filter.intersect(move |tool| chosen.allows(tool));
                account.executor().with_filter(filter)
            }
            None => account.executor().clone(),
        };
        let options = McpOptions {
            listing: parameters.listing,
            word_lists: &WORD_LISTS,
            changes: endpoint.config_watch.notifier(),
            events: endpoint.webhooks.events(id),
        };
        McpServer::new(&PRODUCT, executor, options)
    };
    Ok(handle(endpoint.sessions.get_or_make(&key, make), request).await)
}

/// Serves `/mcp/{token}`.
async fn serve_token(
    State(endpoint): McpEndpointState,
    Path(token): Path<String>,
    mut request: Request,
) -> Result<Response, HttpError> {
    let AddressClaims { account: id, filter: chosen, .. } =
        endpoint.tokens.verify(&token).ok_or(HttpError::Unauthorized)?;
    let account = endpoint.accounts.get(&id).ok_or(HttpError::Unauthorized)?;
    tracing::Span::current().record("account", id.as_str());
    // The token determines the tools. If a parameter were ignored, the client could reach more than it requested.
    reject_parameters(request.uri().query())?;
    request.extensions_mut().insert(Principal::with_token("mcp", &token));
    let make = || {
        let filter = endpoint.filter.intersect(move |tool| chosen.allows(tool));
        let mode = match filter.tools().nth(MAX_LISTED_TOOLS) {
            Some(_) => ExposureMode::MetaTools,
            None => ExposureMode::Filtered,
        };
        let options = McpOptions {
            listing: ToolListing { mode, ..ToolListing::default() },
            word_lists: &WORD_LISTS,
            changes: endpoint.config_watch.notifier(),
            events: None,
        };
        McpServer::new(&PRODUCT, account.executor().with_filter(filter), options)
    };
    Ok(handle(endpoint.sessions.get_or_make(&token, make), request).await)
}

async fn handle(service: McpHttpService, request: Request) -> Response {
    service.handle(request).await.map(Body::new).into_response()
}
