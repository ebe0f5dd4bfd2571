//! The tools over the Model Context Protocol: on stdin and stdout, or over streamable HTTP.
//!
//! No client can show a model 3,053 tools at once, so there are three ways to offer them: three tools that find,
//! describe and call the others; a selection; or all of them, by pages.

mod answer;
mod consent;
mod events;
mod offer;
mod pages;
mod prompts;
mod server;
mod sessions;

use std::net::SocketAddr;
use std::sync::Arc;

use rmcp::ServiceExt;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};

use crate::cli::{Mcp, Offer};
use crate::output::Failure;
use crate::run::Runner;
use crate::select::Selection;
use crate::settings::Target;
use crate::store::Memory;
pub use events::Events;
pub use server::Server;
pub use sessions::Sessions;

/// The pages that may ask a server on this machine: those of the machine itself, as over HTTP elsewhere.
const OWN_ORIGINS: [&str; 3] = ["http://localhost:*", "http://127.0.0.1:*", "http://[::1]:*"];

/// Serves until the client leaves or the process is told to stop.
pub async fn run(arguments: &Mcp) -> Result<(), Failure> {
    let flags = &arguments.selection;
    let chosen = !(flags.class.is_empty()
        && flags.module.is_empty()
        && flags.name.is_empty()
        && flags.toolset.is_empty());
    let offer = arguments.tools.unwrap_or(if chosen { Offer::Selected } else { Offer::Search });
    let selection = Selection::new(flags, arguments.read_only).map_err(Failure::Usage)?;
    let target = Target::find(&arguments.connection).await?;
    let runner = Runner::new(
        &target.credentials.company_id,
        target.client()?,
        selection,
        arguments.watch.start(Arc::new(Memory::default()))?,
    );
    let server = Server::new(runner, offer, arguments.names);
    match arguments.listen {
        None => stdio(server).await,
        Some(address) => http(server, address).await,
    }
}

async fn stdio(server: Server) -> Result<(), Failure> {
    let failed =
        |error: &dyn std::fmt::Display| Failure::Usage(format!("the client did not speak MCP: {error}"));
    let running = server.serve(rmcp::transport::stdio()).await.map_err(|error| failed(&error))?;
    running.waiting().await.map_err(|error| failed(&error))?;
    Ok(())
}

async fn http(server: Server, address: SocketAddr) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::Usage(format!("{address}: {error}"));
    if !address.ip().is_loopback() {
        return Err(Failure::Usage(format!(
            "{address} can be reached from outside, and this server asks for no token; listen on 127.0.0.1"
        )));
    }
    let listener = tokio::net::TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    eprintln!("MCP at http://{address}/mcp");
    let router = axum::Router::new().nest_service("/mcp", service(server, None));
    axum::serve(listener, router).with_graceful_shutdown(stop()).await.map_err(failed)
}

/// The service to mount; each session gets a copy of the server, which shares its client and index. Behind a server that
/// stands for several, `sessions` says where they share their sessions, and hosts and origins were checked before; a
/// service that stands alone does that itself.
pub fn service(
    server: Server,
    sessions: Option<Sessions>,
) -> StreamableHttpService<Server, LocalSessionManager> {
    let config = StreamableHttpServerConfig::default();
    let config = match sessions {
        None => config.with_allowed_origins(OWN_ORIGINS),
        Some(sessions) => {
            let mut config = config.disable_allowed_hosts();
            config.session_store = Some(Arc::new(sessions));
            config
        }
    };
    StreamableHttpService::new(move || Ok(server.clone()), Arc::new(LocalSessionManager::default()), config)
}

/// Resolves when the process is told to stop.
pub async fn stop() {
    // Without signals there is nothing to wait for; the process then ends by being killed.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
