//! `cwpsa serve`: serves the tools over HTTP and MCP, and receives callbacks.
//!
//! All state except caches is in the store, so any number of replicas can run behind one load balancer.

mod accounts;
mod address_tokens;
mod mcp;
mod mcp_parameters;
mod signing;
mod webhooks;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use connectwise_psa::runtime::Secret;

use toolcrate_executor::{ExecutionContext, InFlight};
use toolcrate_http::{AccountRegistry, AllowedHosts, FilterWords, HealthCheck, HttpApi, Observer};
use toolcrate_listener::{Listener, shutdown_signal};
use toolcrate_mcp::ExposureMode;

use crate::audit_rotation::reopen_at_hangup;
use crate::cli::{OfferFlags, ServeArgs};
use crate::config_watch::ConfigWatch;
use crate::error::CliError;
use crate::health_check;
use crate::metrics::Metrics;
use crate::services::execution_context;
use crate::settings::{Settings, SettingsLoader};
use crate::shutdown;
use crate::webhooks::Webhooks;
use accounts::ConfiguredAccounts;
use mcp::McpEndpoint;
use webhooks::WebhookEndpoint;

/// The endpoints' OpenAPI document.
const OPENAPI: &str = include_str!("../../data/openapi.json");

/// A server that is listening.
pub struct Listening {
    /// The address that it listens on.
    pub address: SocketAddr,
    listener: Listener,
    router: Router,
    calls: InFlight,
    webhooks: Arc<Webhooks>,
}

impl Listening {
    /// Serves until `stop` resolves, then finishes in-flight calls.
    pub async fn serve(self, stop: impl Future<Output = ()> + Send + 'static) {
        let (stopping, stopped) = tokio::sync::watch::channel(false);
        let webhooks = tokio::spawn(self.webhooks.run(stopped));
        let stop = async move {
            stop.await;
            stopping.send_replace(true);
        };
        shutdown::serve(self.listener, self.router, &self.calls, stop).await;
        tokio::select! {
            // A panic in the task has already been reported.
            _ = webhooks => {}
            // In-flight deliveries are retried, if the store is persistent.
            () = self.calls.forced_token().cancelled_owned() => {}
        }
    }
}

/// Creates the server described by the settings, and starts listening. Over MCP, it lists tools in `default_mode`
/// unless `offer` or a client sets a different mode.
///
/// # Errors
/// Returns an error if the settings are invalid, or if the server can't listen on its address.
pub async fn listen(
    offer: &OfferFlags,
    default_mode: ExposureMode,
    loader: SettingsLoader,
    settings: &Settings,
) -> Result<Listening, CliError> {
    let values = &settings.values;
    let config_watch = ConfigWatch::start(offer.filter_spec(), loader, settings)?;
    let filter = config_watch.selection();
    let state = values.state.as_ref().map(Secret::expose);
    let store =
        toolcrate_store::open(state, "cwpsa").await.map_err(|error| CliError::Usage(error.to_string()))?;
    let metrics = Metrics::new();
    let context = execution_context(values, Arc::clone(&store), &metrics)?;
    reopen_at_hangup(&context);
    let secret = signing::SigningSecret::from_environment(&settings.environment);
    let configured = ConfiguredAccounts::resolve(settings).await?;
    let custom_fields = values.custom_fields.then_some(&config_watch);
    let accounts = Arc::new(configured.registry(&filter, &context, &secret, custom_fields)?);
    let webhooks = Arc::new(configured.webhooks(settings, &store, &metrics.webhooks)?);
    let address = values.listen;
    check_access(address, &accounts, &secret, &context)?;
    let failed = |error: std::io::Error| CliError::Local(format!("can't listen on {address}: {error}"));
    let listener = Listener::bind(address).await.map_err(failed)?;
    let address = listener.local_address().map_err(failed)?;
    let hosts = AllowedHosts::new(address, &values.allow_host)
        .map_err(|error| CliError::Usage(format!("--allow-host: {error}")))?;
    let calls = context.in_flight.clone();
    let observer = Observer::new(calls.clone(), metrics.requests.clone())
        .with_streams("/mcp")
        .with_unavailable_response(webhooks::CALLBACK_ROUTE, webhooks::draining_response);
    let mcp = McpEndpoint {
        accounts: Arc::clone(&accounts),
        filter: filter.clone(),
        filter_words: FilterWords::new(filter.catalog()),
        config_watch: config_watch.clone(),
        webhooks: Arc::clone(&webhooks),
        sessions: mcp::McpServices::new(Arc::clone(&store)),
        tokens: address_tokens::AddressTokens::new(secret.token_key()),
        listing: offer.listing(default_mode),
    };
    let (mcp_routes, token_routes) = mcp.into_routes();
    let callbacks = WebhookEndpoint { accounts: Arc::clone(&accounts), webhooks: Arc::clone(&webhooks) };
    let router = HttpApi::new(accounts, filter, context, store, hosts)
        .with_changes(config_watch.notifier())
        .with_observer(observer)
        .with_metrics(metrics.into_registry())
        .with_health_check(HealthCheck {
            path: health_check::PATH,
            suggest_fix: |error| health_check::diagnose(error).1,
        })
        .with_openapi(OPENAPI)
        .with_routes(token_routes)
        .with_routes(callbacks.into_routes())
        .with_protocol_routes(mcp_routes)
        .into_router();
    Ok(Listening { address, listener, router, calls, webhooks })
}

/// Checks that every account has a strong token if the server is reachable from other machines. Prints a note if no
/// account has an approver.
fn check_access(
    address: SocketAddr,
    accounts: &AccountRegistry,
    secret: &signing::SigningSecret,
    context: &ExecutionContext,
) -> Result<(), CliError> {
    if context.approvals.is_any_required() && !accounts.have_approvers() {
        eprintln!(
            "note: no account has an approver (CWPSA_APPROVER_TOKEN); calls that need approval work only in MCP clients that support elicitation"
        );
    }
    if address.ip().is_loopback() {
        return Ok(());
    }
    if let Some(name) = accounts.weak_token() {
        return Err(CliError::Usage(format!(
            "{address} is reachable from other machines, and a token for {name} is easy to guess; generate one with: openssl rand -hex 16"
        )));
    }
    if secret.is_short() {
        return Err(CliError::Usage(format!(
            "{address} is reachable from other machines, and CWPSA_SECRET is easy to guess; generate one with: openssl rand -hex 16"
        )));
    }
    if !accounts.all_have_tokens() {
        return Err(CliError::Usage(format!(
            "{address} is reachable from other machines, so every account needs a token; set CWPSA_TOKEN, or tokens_env in the settings file"
        )));
    }
    Ok(())
}

/// Serves until the process receives a shutdown signal.
///
/// # Errors
/// Returns the same errors as [`listen`].
pub async fn run(arguments: &ServeArgs, loader: SettingsLoader, settings: &Settings) -> Result<(), CliError> {
    let listening = listen(&arguments.offer, ExposureMode::MetaTools, loader, settings).await?;
    let (address, stop) = (listening.address, shutdown_signal());
    eprintln!("tools at http://{address}/integrated-account/{{account}}/tools, MCP at http://{address}/mcp");
    for account in listening.webhooks.accounts() {
        eprintln!("callbacks for {account} at http://{address}/webhooks/{account}?recordId=");
    }
    if settings.values.state.is_none() && listening.webhooks.accounts().next().is_some() {
        eprintln!("note: undelivered events are lost when this process exits; set --state to persist them");
    }
    listening.serve(stop).await;
    Ok(())
}
