//! A server for the tools of the library API, and a client connected to it. It shows everything that a server for
//! another API needs.

use std::sync::Arc;
use std::time::Duration;

use city_library::runtime::{Client, Secret};
use city_library::{API, CATALOG, Credentials};
use rmcp::service::RunningService;
use rmcp::{RoleClient, ServiceExt};
use toolcrate_executor::{
    ApprovalPolicy, Approvals, AuditLog, CallMetrics, ExecutionContext, ExecutionLimits, InFlight, Product,
    ToolExecutor, ToolFilter,
};
use toolcrate_mcp::{McpOptions, McpServer, ToolListing};
use toolcrate_store::MemoryStore;

static LIBRARY: Product = Product {
    catalog: &CATALOG,
    title: "City Library",
    server_name: "library",
    version: "1.2.3",
    description: "City Library: books.",
    uri_scheme: "library",
    featured_tools: &["list_all_books"],
    prompts: &[],
};

/// Creates a server for the library whose API is at `base_url`.
pub(crate) fn server(base_url: &str, listing: ToolListing) -> McpServer {
    // Only the first of several tests in a process installs it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let credentials = Credentials { token: Secret::from("t0ken") };
    let client = Client::builder(&API).base_url(base_url).credentials(credentials).build().unwrap();
    let context = ExecutionContext {
        metrics: CallMetrics::register(&mut Default::default()),
        audit: AuditLog::new(Box::new(std::io::sink())),
        in_flight: InFlight::new(Duration::from_secs(30)),
        limits: ExecutionLimits {
            max_rows: 1000,
            max_bytes: None,
            upstream_timeout: Duration::from_secs(25),
        },
        approvals: Approvals::new(ApprovalPolicy::default(), Arc::new(MemoryStore::default())),
    };
    let executor = ToolExecutor::new("main", client, ToolFilter::all(&CATALOG), Arc::new(context));
    McpServer::new(&LIBRARY, executor, McpOptions { listing, ..McpOptions::default() })
}

/// Serves the library whose API is at `base_url`, and connects a client.
pub(crate) async fn connect(base_url: &str, listing: ToolListing) -> RunningService<RoleClient, ()> {
    let server = server(base_url, listing);
    let (server_end, client_end) = tokio::io::duplex(64 << 10);
    tokio::spawn(async move { server.serve(server_end).await.unwrap().waiting().await });
    ().serve(client_end).await.unwrap()
}
