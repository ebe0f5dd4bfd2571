//! `cwpsa mcp`: serves the tools over the Model Context Protocol, on stdin and stdout. For HTTP, see `cwpsa serve`.

use std::sync::Arc;

use toolcrate_executor::{InFlight, ToolExecutor};
use toolcrate_listener::shutdown_signal;
use toolcrate_mcp::{ExposureMode, McpError, McpOptions, McpServer, serve_stdio};
use toolcrate_store::MemoryStore;

use crate::audit_rotation::reopen_at_hangup;
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

/// The flags that only apply to HTTP servers.
const HTTP_FLAGS: [&str; 6] =
    ["state", "allow_host", "webhook_command", "webhook_post", "webhook_secret_file", "webhook_mcp"];

/// Serves until the client disconnects or the process receives a shutdown signal.
pub(super) async fn run(
    arguments: &McpArgs,
    loader: SettingsLoader,
    settings: &Settings,
) -> Result<(), CliError> {
    let flags = arguments.offer.filter_spec();
    let is_selection = is_narrow(&flags) || is_narrow(&settings.values.tools.clone().into());
    let default_mode = if is_selection { ExposureMode::Filtered } else { ExposureMode::MetaTools };
    if arguments.listen.is_some() {
        return serve_http(arguments, default_mode, loader, settings).await;
    }
    if let Some(flag) = HTTP_FLAGS.iter().find(|flag| loader.flags.contains(flag)) {
        let flag = flag.replace('_', "-");
        return Err(CliError::Usage(format!("--{flag} requires --listen ADDRESS")));
    }
    let reload = ConfigWatch::start(flags, loader, settings)?;
    let target = Target::resolve(settings).await?;
    let store = Arc::new(MemoryStore::default());
    let context = execution_context(&settings.values, store, &Metrics::new())?;
    reopen_at_hangup(&context);
    let client = target.client_with_timeout(context.limits.upstream_timeout)?;
    let mut executor = ToolExecutor::new(&target.credentials.company_id, client, reload.selection(), context);
    if settings.values.custom_fields {
        executor = executor.with_custom_fields(reload.notifier());
    }
    let listing = arguments.offer.listing(default_mode);
    let options = McpOptions { listing, word_lists: &WORD_LISTS, changes: reload.notifier(), events: None };
    serve_process(McpServer::new(&PRODUCT, executor, options)).await
}

async fn serve_process(server: McpServer) -> Result<(), CliError> {
    let calls = server.in_flight().clone();
    let result = serve_stdio(server, stop_requested(&calls)).await;
    result.map_err(|error: McpError| CliError::Usage(error.to_string()))
}

/// Resolves on the first shutdown signal. Any further signal exits immediately.
fn stop_requested(calls: &InFlight) -> impl Future<Output = ()> {
    // The signal handlers must be installed before anything is served.
    let (signal, calls) = (shutdown_signal(), calls.clone());
    async move {
        signal.await;
        shutdown::announce(&calls);
    }
}

/// Serves one account over HTTP, like `cwpsa serve`.
async fn serve_http(
    arguments: &McpArgs,
    default_mode: ExposureMode,
    loader: SettingsLoader,
    settings: &Settings,
) -> Result<(), CliError> {
    // Unlike `cwpsa serve`, this serves only one account.
    let values = &settings.values;
    let settings = settings.with_account(values.account.clone().or(values.default.clone()));
    let listening = crate::http::listen(&arguments.offer, default_mode, loader, &settings).await?;
    let (address, stop) = (listening.address, shutdown_signal());
    eprintln!("MCP at http://{address}/mcp");
    listening.serve(stop).await;
    Ok(())
}
