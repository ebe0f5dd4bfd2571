//! The tools over HTTP, in the form that Truto's SDK and toolset expect, beside a plain form for one call and the
//! Model Context Protocol at `/mcp`.
//!
//! Nothing is remembered between two requests but caches, and what is in the store that copies share: so any number of
//! copies may stand behind one address.

mod accounts;
mod api;
mod approvals;
mod call;
mod choice;
mod failure;
mod guard;
mod mcp;
mod methods;
mod nest;
mod plain;
mod proxy;
mod ready;
mod repeat;
mod signing;
mod slashes;
mod tools;
mod watch;
mod webhooks;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use connectwise_psa::runtime::Secret;

use toolcrate_executor::{ExecutionContext, IdempotencyStore, InFlight, ToolFilter, ToolFilterSpec};
use toolcrate_listener::{Listener, shutdown_signal};

use crate::cli::Serve;
use crate::config_watch::ConfigWatch;
use crate::error::CliError;
use crate::metrics::Metrics;
use crate::services::execution_context;
use crate::settings::{Settings, SettingsLoader};
use crate::shutdown;
use crate::webhooks::Webhooks;
use accounts::Accounts;
pub use watch::watched;

/// The most bytes of a request: a document of ten megabytes in base64 fits.
const MOST_BODY: usize = 16 << 20;

/// What all requests share.
struct State {
    accounts: Accounts,
    selection: ToolFilter,
    listings: tools::Listings,
    routes: proxy::Routes,
    repeats: IdempotencyStore,
    sessions: mcp::Sessions,
    watch: Arc<ExecutionContext>,
    metrics: Metrics,
    guard: guard::Guard,
    ready: ready::Ready,
    reload: ConfigWatch,
    webhooks: Arc<Webhooks>,
}

type Shared = axum::extract::State<Arc<State>>;

/// A server that listens.
pub struct Listening {
    /// Where.
    pub address: SocketAddr,
    listener: Listener,
    router: Router,
    calls: InFlight,
    webhooks: Arc<Webhooks>,
}

impl Listening {
    /// Serves until `stop` resolves; calls in flight are finished.
    pub async fn serve(self, stop: impl Future<Output = ()> + Send + 'static) {
        let (stopping, stopped) = tokio::sync::watch::channel(false);
        let webhooks = tokio::spawn(self.webhooks.run(stopped));
        let stop = async move {
            stop.await;
            stopping.send_replace(true);
        };
        shutdown::serve(self.listener, self.router, &self.calls, stop).await;
        tokio::select! {
            // A panic in there was shown when it came.
            _ = webhooks => {}
            // What is in hand comes again, if the store outlasts this process.
            () = self.calls.forced_token().cancelled_owned() => {}
        }
    }
}

/// Reads the settings and listens.
///
/// # Errors
/// What is wrong with the settings, or why the address can't be had.
pub async fn listen(
    arguments: &Serve,
    loader: SettingsLoader,
    settings: &Settings,
) -> Result<Listening, CliError> {
    let values = &settings.values;
    let flags = ToolFilterSpec { read_only: arguments.read_only, ..(&arguments.selection).into() };
    let reload = ConfigWatch::start(flags, loader)?;
    let selection = reload.selection();
    let state = values.state.as_ref().map(Secret::expose);
    let store =
        toolcrate_store::open(state, "cwpsa").await.map_err(|error| CliError::Usage(error.to_string()))?;
    let metrics = Metrics::new();
    let watch = execution_context(values, Arc::clone(&store), &metrics)?;
    let secret = signing::SigningSecret::from_environment(&settings.environment);
    let mut accounts = Accounts::read(settings, &selection, &watch, &secret).await?;
    accounts.show_custom_fields(values.custom_fields, &reload);
    let webhooks = Arc::new(accounts.webhooks(settings, &store, &metrics.webhooks)?);
    if watch.approvals.is_any_required() && !accounts.have_approvers() {
        eprintln!(
            "note: no account has an approver (CWPSA_APPROVER_TOKEN), so what needs approval is run only for MCP clients that ask their user"
        );
    }
    let address = values.listen;
    if !address.ip().is_loopback() && !accounts.all_have_tokens() {
        return Err(CliError::Usage(format!(
            "{address} can be reached from outside, so every account needs a token: set CWPSA_TOKEN, or tokens in the settings file"
        )));
    }
    let failed = |error: std::io::Error| CliError::Local(format!("cannot listen on {address}: {error}"));
    let listener = Listener::bind(address).await.map_err(failed)?;
    let address = listener.local_address().map_err(failed)?;
    let guard = guard::Guard::new(address, &values.allow_host).map_err(CliError::Usage)?;
    let calls = watch.in_flight.clone();
    let state = Arc::new(State {
        accounts,
        selection,
        listings: tools::Listings::default(),
        routes: proxy::Routes::default(),
        repeats: IdempotencyStore::new(Arc::clone(&store)),
        sessions: mcp::Sessions::new(&secret, store),
        watch,
        metrics,
        guard,
        ready: ready::Ready::default(),
        reload,
        webhooks: Arc::clone(&webhooks),
    });
    let router = router(state, calls.clone());
    Ok(Listening { address, listener, router, calls, webhooks })
}

/// Serves until the process is told to stop.
///
/// # Errors
/// As [`listen`].
pub async fn run(arguments: &Serve, loader: SettingsLoader, settings: &Settings) -> Result<(), CliError> {
    let listening = listen(arguments, loader, settings).await?;
    let (address, told) = (listening.address, shutdown_signal());
    eprintln!("tools at http://{address}/integrated-account/{{account}}/tools, MCP at http://{address}/mcp");
    for account in listening.webhooks.accounts() {
        eprintln!("callbacks of {account} at http://{address}/webhooks/{account}?recordId=");
    }
    if settings.values.state.is_none() && listening.webhooks.accounts().next().is_some() {
        eprintln!("events that were not handed on are lost when this process ends; --state FILE keeps them");
    }
    listening.serve(told).await;
    Ok(())
}

fn router(state: Arc<State>, calls: InFlight) -> Router {
    let requests = state.metrics.requests.clone();
    let accounts = Router::new()
        .route("/integrated-account/{account}/tools", get(tools::list))
        .route("/integrated-account/{account}/capabilities", get(tools::capabilities))
        .route("/integrated-account/{account}/mcp", post(mcp::token))
        .route("/approvals", get(approvals::list))
        .route("/approvals/{id}", post(approvals::decide))
        .route("/mcp", any(mcp::of_account))
        .route("/webhooks/{account}/retry", post(webhooks::retry))
        .route("/metrics", get(metrics));
    // Their bodies may be large, and nobody else's are read.
    let calls_of_tools = Router::new()
        .route("/proxy/{resource}", any(proxy::collection))
        .route("/proxy/{resource}/{rest}", any(proxy::item))
        .route("/tools/{name}/call", post(call::call))
        .route_layer(middleware::from_fn_with_state(state.clone(), known));
    let all = Router::new()
        .merge(accounts)
        .merge(calls_of_tools)
        // A token in the path is all that this one asks for.
        .route("/mcp/{token}", any(mcp::of_token))
        // A callback's signature is all that this one asks for.
        .route(
            webhooks::ROUTE,
            get(webhooks::tell).post(webhooks::receive).layer(DefaultBodyLimit::max(webhooks::MOST_BODY)),
        )
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready::answer))
        .route("/openapi.json", get(api::document))
        .fallback(|| async {
            failure::plain(
                StatusCode::NOT_FOUND,
                "there is nothing at this path; /openapi.json tells what there is",
            )
        })
        .method_not_allowed_fallback(plain::no_method)
        .layer(middleware::from_fn(plain::as_json))
        .layer(middleware::from_fn_with_state(state.clone(), guard::check))
        .layer(DefaultBodyLimit::max(MOST_BODY))
        .with_state(state);
    // Outside of the routes, as these go by the path that it gives.
    Router::new()
        .fallback_service(watched(all, calls, requests))
        .layer(middleware::map_request(slashes::collapse))
}

/// Refuses a request whose token opens no account, before its body is read.
async fn known(state: Shared, request: axum::extract::Request, next: middleware::Next) -> Response {
    match state.accounts.open_any(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refused) => *refused,
    }
}

/// Shows what was counted to whoever may use an account.
async fn metrics(state: Shared, headers: HeaderMap) -> Response {
    if let Err(refused) = state.accounts.open_any(&headers) {
        return *refused;
    }
    ([(CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], state.metrics.text())
        .into_response()
}
