//! The tools over the Model Context Protocol: on stdin and stdout, or over streamable HTTP.
//!
//! No client can show a model 3,053 tools at once, so there are three ways to offer them: three tools that find,
//! describe and call the others; a selection; or all of them, by pages.

mod answer;
mod arguments;
mod changes;
mod consent;
mod events;
mod given;
mod list;
mod named;
mod offer;
mod pages;
mod prompts;
mod server;
mod sessions;

use std::net::SocketAddr;
use std::sync::Arc;

use rmcp::ServiceExt;
use rmcp::service::ServerInitializeError;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};

use toolcrate_executor::{ToolExecutor, ToolFilterSpec};
use toolcrate_listener::{Listener, shutdown_signal};
use toolcrate_store::MemoryStore;

use crate::cli::Mcp;
use crate::config_watch::ConfigWatch;
use crate::error::CliError;
use crate::exposure::ExposureMode;
use crate::metrics::{Metrics, Requests};
use crate::select::is_narrow;
use crate::services::execution_context;
use crate::settings::{Settings, SettingsLoader, Target};
use crate::shutdown;
pub use events::Events;
pub use server::{Server, Shape};
pub use sessions::Sessions;

/// The names of this machine for itself. Pages of other ports are other origins, and may not ask; as over HTTP elsewhere.
pub const OWN_NAMES: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Serves until the client leaves or the process is told to stop.
pub async fn run(arguments: &Mcp, loader: SettingsLoader, settings: &Settings) -> Result<(), CliError> {
    let flags = ToolFilterSpec { read_only: arguments.read_only, ..(&arguments.selection).into() };
    let chosen = is_narrow(&flags) || settings.values.tools.is_narrow();
    let reload = ConfigWatch::start(flags, loader)?;
    let offer =
        arguments.tools.unwrap_or(if chosen { ExposureMode::Filtered } else { ExposureMode::MetaTools });
    let target = Target::resolve(settings).await?;
    let watch = execution_context(&settings.values, Arc::new(MemoryStore::default()), &Metrics::new())?;
    let client = target.client_with_timeout(watch.limits.upstream_timeout)?;
    let mut runner = ToolExecutor::new(&target.credentials.company_id, client, reload.selection(), watch);
    if settings.values.custom_fields {
        runner = runner.with_custom_fields(reload.notifier());
    }
    let shape = Shape { offer, names: arguments.names, output_schemas: arguments.output_schemas };
    let server = Server::new(runner, shape, reload);
    match arguments.listen {
        None => stdio(server).await,
        Some(address) => http(server, address).await,
    }
}

async fn stdio(server: Server) -> Result<(), CliError> {
    let failed =
        |error: &dyn std::fmt::Display| CliError::Usage(format!("the client did not speak MCP: {error}"));
    let calls = server.calls().clone();
    let mut told = std::pin::pin!(shutdown_signal());
    let running = tokio::select! {
        running = server.clone().serve(rmcp::transport::stdio()) => match running {
            Ok(running) => running,
            // A client that wanted to know what the server can do, and now does.
            Err(ServerInitializeError::ConnectionClosed(_)) if server.was_discovered() => return Ok(()),
            Err(error) => return Err(failed(&error)),
        },
        // No one has called yet.
        () = &mut told => return Ok(()),
    };
    let leave = running.cancellation_token();
    let mut ended = std::pin::pin!(running.waiting());
    tokio::select! {
        ended = &mut ended => return ended.map(drop).map_err(|error| failed(&error)),
        () = &mut told => {}
    }
    shutdown::drain(&calls).await;
    // Answers that are ready still go out.
    leave.cancel();
    tokio::select! {
        ended = ended => ended.map(drop).map_err(|error| failed(&error)),
        () = calls.forced_token().cancelled_owned() => Ok(()),
    }
}

async fn http(server: Server, address: SocketAddr) -> Result<(), CliError> {
    let failed = |error: std::io::Error| CliError::Local(format!("cannot listen on {address}: {error}"));
    if !address.ip().is_loopback() {
        return Err(CliError::Usage(format!(
            "{address} can be reached from outside, and this server asks for no token; listen on 127.0.0.1"
        )));
    }
    let listener = Listener::bind(address).await.map_err(failed)?;
    let address = listener.local_address().map_err(failed)?;
    let told = shutdown_signal();
    eprintln!("MCP at http://{address}/mcp");
    let calls = server.calls().clone();
    let router = axum::Router::new().route_service("/mcp", service(server, Behind::Nothing(address.port())));
    let router = crate::http::watched(router, calls.clone(), Requests::default());
    shutdown::serve(listener, router, &calls, told).await;
    Ok(())
}

/// What stands before the service.
pub enum Behind {
    /// Nothing: it checks hosts and origins itself, and has this port.
    Nothing(u16),
    /// A server that stands for several and checked them; here is where they share their sessions.
    Others(Sessions),
}

/// The service to mount; each session gets a copy of the server, which shares its client and index.
pub fn service(server: Server, behind: Behind) -> StreamableHttpService<Server, LocalSessionManager> {
    let config =
        StreamableHttpServerConfig::default().with_cancellation_token(server.calls().drained_token());
    let config = match behind {
        Behind::Nothing(port) => {
            config.with_allowed_origins(OWN_NAMES.map(|name| format!("http://{name}:{port}")))
        }
        Behind::Others(sessions) => {
            let mut config = config.disable_allowed_hosts();
            config.session_store = Some(Arc::new(sessions));
            config
        }
    };
    StreamableHttpService::new(move || Ok(server.clone()), Arc::new(LocalSessionManager::default()), config)
}
