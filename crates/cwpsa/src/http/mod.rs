//! `cwpsa serve`: the tools over HTTP and the Model Context Protocol, and where ConnectWise posts callbacks.
//!
//! Everything that is not in memory only as a cache is in the store that replicas share, so any number of replicas can
//! share one address.

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

use toolcrate_executor::{ExecutionContext, InFlight, ToolFilterSpec};
use toolcrate_http::{AccountRegistry, AllowedHosts, HealthCheck, HttpApi, Observer};
use toolcrate_listener::{Listener, shutdown_signal};
use toolcrate_mcp::{ExposureMode, ToolListing};

use crate::audit_rotation::reopen_at_hangup;
use crate::cli::ServeArgs;
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

/// The OpenAPI document of the endpoints.
const OPENAPI: &str = include_str!("../../data/openapi.json");

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

/// Wires the server that the settings describe, and listens.
///
/// # Errors
/// Returns an error if the settings are invalid, or if the server can't listen at its address.
pub async fn listen(
    arguments: &ServeArgs,
    loader: SettingsLoader,
    settings: &Settings,
) -> Result<Listening, CliError> {
    let values = &settings.values;
    let offer = &arguments.offer;
    let flags = ToolFilterSpec { read_only: offer.read_only, ..(&offer.selection).into() };
    let config_watch = ConfigWatch::start(flags, loader)?;
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
    let failed = |error: std::io::Error| CliError::Local(format!("cannot listen on {address}: {error}"));
    let listener = Listener::bind(address).await.map_err(failed)?;
    let address = listener.local_address().map_err(failed)?;
    let hosts = AllowedHosts::new(address, &values.allow_host)
        .map_err(|error| CliError::Usage(format!("--allow-host {error}")))?;
    let calls = context.in_flight.clone();
    let observer = Observer::new(calls.clone(), metrics.requests.clone())
        .with_streams("/mcp")
        .with_unavailable_response(webhooks::CALLBACK_ROUTE, webhooks::draining_response);
    let mcp = McpEndpoint {
        accounts: Arc::clone(&accounts),
        filter: filter.clone(),
        config_watch: config_watch.clone(),
        webhooks: Arc::clone(&webhooks),
        sessions: mcp::McpServices::new(Arc::clone(&store)),
        tokens: address_tokens::AddressTokens::new(secret.token_key()),
        listing: ToolListing {
            mode: offer.tools.unwrap_or(ExposureMode::MetaTools),
            names: offer.names,
            output_schemas: offer.output_schemas,
        },
    };
    let (mcp_routes, token_routes) = mcp.into_routes();
    let callbacks = WebhookEndpoint { accounts: Arc::clone(&accounts), webhooks: Arc::clone(&webhooks) };
    let router = HttpApi::new(accounts, filter, context, store, hosts)
        .with_changes(config_watch.notifier())
        .with_observer(observer)
        .with_metrics(metrics.into_registry())
        .with_health_check(HealthCheck {
            path: health_check::PATH,
            advice: |error| health_check::advice(error).1,
        })
        .with_openapi(OPENAPI)
        .with_routes(token_routes)
        .with_routes(callbacks.into_routes())
        .with_protocol_routes(mcp_routes)
        .into_router();
    Ok(Listening { address, listener, router, calls, webhooks })
}

/// Checks that every account needs a token that can't be guessed where others can reach the server, and notes if nobody can approve calls.
fn check_access(
    address: SocketAddr,
    accounts: &AccountRegistry,
    secret: &signing::SigningSecret,
    context: &ExecutionContext,
) -> Result<(), CliError> {
    if context.approvals.is_any_required() && !accounts.have_approvers() {
        eprintln!(
            "note: no account has an approver (CWPSA_APPROVER_TOKEN), so what needs approval is run only for MCP clients that ask their user"
        );
    }
    if address.ip().is_loopback() {
        return Ok(());
    }
    if let Some(name) = accounts.weak_token() {
        return Err(CliError::Usage(format!(
            "{address} can be reached from outside, and a token of {name} is easy to guess: use at least 16 random characters, e.g. of openssl rand -hex 16"
        )));
    }
    if secret.is_short() {
        return Err(CliError::Usage(format!(
            "{address} can be reached from outside, and CWPSA_SECRET is easy to guess: use at least 16 random characters, e.g. of openssl rand -hex 16"
        )));
    }
    if !accounts.all_have_tokens() {
        return Err(CliError::Usage(format!(
            "{address} can be reached from outside, so every account needs a token: set CWPSA_TOKEN, or tokens in the settings file"
        )));
    }
    Ok(())
}

/// Serves until the process is told to stop.
///
/// # Errors
/// As [`listen`].
pub async fn run(arguments: &ServeArgs, loader: SettingsLoader, settings: &Settings) -> Result<(), CliError> {
    let listening = listen(arguments, loader, settings).await?;
    let (address, stop) = (listening.address, shutdown_signal());
    eprintln!("tools at http://{address}/integrated-account/{{account}}/tools, MCP at http://{address}/mcp");
    for account in listening.webhooks.accounts() {
        eprintln!("callbacks of {account} at http://{address}/webhooks/{account}?recordId=");
    }
    if settings.values.state.is_none() && listening.webhooks.accounts().next().is_some() {
        eprintln!("events that were not handed on are lost when this process ends; --state FILE keeps them");
    }
    listening.serve(stop).await;
    Ok(())
}
