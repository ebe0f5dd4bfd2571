//! An HTTP server for the library API. It shows everything that a server for another API needs.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use toolcrate_executor::{
    ApprovalPolicy, Approvals, AuditLog, CallMetrics, ExecutionContext, ExecutionLimits, InFlight,
    ToolExecutor, ToolFilter,
};
use toolcrate_http::{AccountRegistry, AllowedHosts, HealthCheck, HttpAccount, HttpApi};
use toolcrate_listener::Listener;
use toolcrate_runtime::{Client, Secret};
use toolcrate_store::{MemoryStore, SharedStore};

use crate::city_library::{API, CATALOG, Credentials};

/// The token that grants access to the account `main`.
pub(crate) const TOKEN: &str = "sesame";
/// The token that approves its calls.
pub(crate) const APPROVER_TOKEN: &str = "ada";

/// Serves the library at `base_url`. Calls that match `approve` require approval.
pub(crate) async fn serve(
    base_url: &str,
    approve: &[&str],
) -> Result<(SocketAddr, InFlight), Box<dyn std::error::Error>> {
    let credentials = Credentials { token: Secret::from("reader") };
    let client = Client::builder(&API).base_url(base_url).credentials(credentials).build()?;
    let store: SharedStore = Arc::new(MemoryStore::default());
    let approve: Vec<String> = approve.iter().copied().map(str::to_owned).collect();
    let context = Arc::new(ExecutionContext {
        metrics: CallMetrics::register(&mut Default::default()),
        audit: AuditLog::new(Box::new(std::io::sink())),
        in_flight: InFlight::new(Duration::from_secs(30)),
        limits: ExecutionLimits {
            max_rows: 1000,
            max_bytes: None,
            upstream_timeout: Duration::from_secs(25),
        },
        approvals: Approvals::new(ApprovalPolicy::new(&CATALOG, &approve)?, Arc::clone(&store)),
    });
    let filter = ToolFilter::all(&CATALOG);
    let executor = ToolExecutor::new("main", client, filter.clone(), Arc::clone(&context));
    let approvers = vec![("Ada".to_owned(), Secret::from(APPROVER_TOKEN))];
    let account = HttpAccount::new(executor, vec![Secret::from(TOKEN)], approvers)?;
    let accounts = Arc::new(AccountRegistry::new([("main".to_owned(), account)])?);
    let listener = Listener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
    let address = listener.local_address()?;
    let in_flight = context.in_flight.clone();
    let api = HttpApi::new(accounts, filter, context, store, AllowedHosts::new(address, &[])?)
        .with_health_check(HealthCheck { path: "/books", suggest_fix: |_| "Check the reader's token." });
    tokio::spawn(async move { listener.serve(api.into_router(), std::future::pending()).await });
    Ok((address, in_flight))
}
