//! `cwpsa mcp`: the tools over the Model Context Protocol, on stdin and stdout or over streamable HTTP.

use std::net::SocketAddr;
use std::sync::Arc;

use toolcrate_executor::{InFlight, ToolExecutor, ToolFilterSpec};
use toolcrate_http::{Observer, RequestMetrics};
use toolcrate_listener::{LOOPBACK_NAMES, Listener, shutdown_signal};
use toolcrate_mcp::{
    ExposureMode, HostValidation, McpError, McpOptions, McpServer, ToolListing, http_service, serve_stdio,
};
use toolcrate_store::MemoryStore;

use crate::cli::McpArgs;
use crate::config_watch::ConfigWatch;
use crate::error::CliError;
use crate::metrics::Metrics;
use crate::product::PRODUCT;
use crate::select::is_narrow;
use crate::services::execution_context;
use crate::settings::{Settings, SettingsLoader, Target};
use crate::shutdown;
use crate::word_lists::WORD_LISTS;

/// Serves until the client leaves or the process is told to stop.
pub(super) async fn run(
    arguments: &McpArgs,
    loader: SettingsLoader,
    settings: &Settings,
) -> Result<(), CliError> {
    let flags = ToolFilterSpec { read_only: arguments.read_only, ..(&arguments.selection).into() };
    let is_selection = is_narrow(&flags) || settings.values.tools.is_narrow();
    let default_mode = if is_selection { ExposureMode::Filtered } else { ExposureMode::MetaTools };
    let reload = ConfigWatch::start(flags, loader)?;
    let target = Target::resolve(settings).await?;
    let store = Arc::new(MemoryStore::default());
    let context = execution_context(&settings.values, store, &Metrics::new())?;
    let client = target.client_with_timeout(context.limits.upstream_timeout)?;
    let mut executor = ToolExecutor::new(&target.credentials.company_id, client, reload.selection(), context);
    if settings.values.custom_fields {
        executor = executor.with_custom_fields(reload.notifier());
    }
    let listing = ToolListing {
        mode: arguments.tools.unwrap_or(default_mode),
        names: arguments.names,
        output_schemas: arguments.output_schemas,
    };
    let options = McpOptions { listing, word_lists: &WORD_LISTS, changes: reload.notifier(), events: None };
    let server = McpServer::new(&PRODUCT, executor, options);
    match arguments.listen {
        None => serve_process(server).await,
        Some(address) => serve_http(server, address).await,
    }
}

async fn serve_process(server: McpServer) -> Result<(), CliError> {
    let calls = server.in_flight().clone();
    let result = serve_stdio(server, stop_requested(&calls)).await;
    result.map_err(|error: McpError| CliError::Usage(error.to_string()))
}

/// Resolves when the process is told to stop. From then on, another signal ends it at once.
fn stop_requested(calls: &InFlight) -> impl Future<Output = ()> {
    // The handlers are there before anything is served.
    let (signal, calls) = (shutdown_signal(), calls.clone());
    async move {
        signal.await;
        shutdown::announce(&calls);
    }
}

async fn serve_http(server: McpServer, address: SocketAddr) -> Result<(), CliError> {
    let failed = |error: std::io::Error| CliError::Local(format!("cannot listen on {address}: {error}"));
    if !address.ip().is_loopback() {
        return Err(CliError::Usage(format!(
            "{address} can be reached from outside, and this server asks for no token; listen on 127.0.0.1"
        )));
    }
    let listener = Listener::bind(address).await.map_err(failed)?;
    let address = listener.local_address().map_err(failed)?;
    let stop = shutdown_signal();
    eprintln!("MCP at http://{address}/mcp");
    let calls = server.in_flight().clone();
    let port = address.port();
    // Pages of other ports are other origins.
    let allowed_origins = LOOPBACK_NAMES.iter().map(|name| format!("http://{name}:{port}")).collect();
    let service = http_service(server, HostValidation::Service { allowed_origins }, None);
    let router = axum::Router::new().route_service("/mcp", service);
    let router = Observer::new(calls.clone(), RequestMetrics::default()).with_streams("/mcp").observe(router);
    shutdown::serve(listener, router, &calls, stop).await;
    Ok(())
}
