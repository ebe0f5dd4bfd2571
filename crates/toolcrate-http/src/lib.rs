//! Serves any tool catalog over HTTP: tool lists, a proxy in the format that Truto's SDK expects, tool calls,
//! approvals, health checks and metrics.
//!
//! [`HttpApi`] creates an [`axum::Router`] for the accounts in an [`AccountRegistry`]. To add endpoints of your own,
//! use [`HttpApi::with_routes`]; to add another transport such as MCP, use [`HttpApi::with_protocol_routes`].
//!
//! Apart from caches, all state that is kept between requests is in the store, so any number of replicas can share one
//! address.
//!
//! # Example
//!
//! ```
//! use std::sync::Arc;
//!
//! use toolcrate_executor::{ExecutionContext, ToolExecutor, ToolFilter};
//! use toolcrate_http::{AccountError, AccountRegistry, AllowedHosts, HttpAccount, HttpApi};
//! use toolcrate_listener::{Listener, shutdown_signal};
//! use toolcrate_runtime::{Catalog, Client, Secret};
//! use toolcrate_store::MemoryStore;
//!
//! async fn serve(
//!     catalog: &'static Catalog,
//!     client: Client,
//!     context: Arc<ExecutionContext>,
//!     listener: Listener,
//! ) -> Result<(), Box<dyn std::error::Error>> {
//!     let filter = ToolFilter::all(catalog);
//!     let executor = ToolExecutor::new("acme", client, filter.clone(), Arc::clone(&context));
//!     let account = HttpAccount::new(executor, vec![Secret::from("secret token")], Vec::new())?;
//!     let accounts = Arc::new(AccountRegistry::new([("acme".to_owned(), account)])?);
//!     let hosts = AllowedHosts::new(listener.local_address()?, &["tools.example.com".to_owned()])?;
//!     let api = HttpApi::new(accounts, filter, context, Arc::new(MemoryStore::default()), hosts);
//!     listener.serve(api.into_router(), shutdown_signal()).await;
//!     Ok(())
//! }
//! ```

mod accounts;
mod api;
mod error;
mod filter_words;
mod health_check;
mod idempotency;
mod json_request;
mod json_response;
mod limits;
mod metrics;
mod middleware;
mod nearest;
mod proxy_routes;
mod query_string;
mod rate_limit;
mod readiness;
mod request_body;
mod routes;
mod state;
mod tool_filter;
mod tool_list;
mod truto_filter;

pub use accounts::{AccountError, AccountRegistry, HttpAccount};
pub use api::HttpApi;
pub use error::HttpError;
pub use filter_words::{FilterWords, UnknownFilterWord};
pub use health_check::HealthCheck;
pub use json_request::parse_object;
pub use json_response::json_response;
pub use metrics::RequestMetrics;
pub use middleware::{AllowedHosts, InvalidHost, Observer};
pub use query_string::{UnknownQueryParameter, reject_parameters};
pub use request_body::read_body;
pub use tool_filter::{ToolFilterParams, ToolFilterParamsError};
pub use truto_filter::{MethodFilter, MethodFilterError};
