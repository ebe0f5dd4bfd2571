//! A Model Context Protocol server for any tool catalog.
//!
//! An [`McpServer`] exposes the tools that a [`ToolExecutor`](toolcrate_executor::ToolExecutor) runs. No client can
//! show a model thousands of tools at once, so a [`ToolListing`] determines which ones are listed: meta-tools that
//! find, describe and call any other tool, a selection of tools, or all tools, paginated.
//!
//! | module | purpose |
//! | --- | --- |
//! | `meta_tools` | one file per meta-tool, and their registry |
//! | `pagination` | `tools/list`, with cursors that are valid on any replica |
//! | `tool_definition`, `tool_naming` | tools as MCP defines them, and full or short tool names |
//! | `caller`, `elicitation` | the caller, and approvals by the client's user |
//! | `resources`, `completion`, `argument_values` | resources, and completions for user input |
//! | `notifications`, `shown_list`, `event_feed` | session notifications |
//! | `stdio`, `streamable_http` | the transports |
//!
//! # Example
//!
//! ```no_run
//! use toolcrate_executor::{Product, ToolExecutor};
//! use toolcrate_mcp::{McpError, McpOptions, McpServer, serve_stdio};
//!
//! async fn serve(product: &'static Product, executor: ToolExecutor) -> Result<(), McpError> {
//!     let server = McpServer::new(product, executor, McpOptions::default());
//!     serve_stdio(server, std::future::pending()).await
//! }
//! ```

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

mod argument_values;
mod caller;
mod completion;
mod elicitation;
mod error;
mod error_message;
mod event_feed;
#[cfg(test)]
mod fixture;
mod handler;
mod line_transport;
mod listing;
mod message_id;
mod meta_tools;
mod notifications;
mod options;
mod pagination;
mod prompts;
mod resources;
mod result;
mod server;
mod session_store;
mod shown_list;
mod stdio;
mod streamable_http;
mod tool_context;
mod tool_definition;
mod tool_naming;

pub use argument_values::arguments_with_values;
pub use error::McpError;
pub use event_feed::EventFeed;
pub use listing::{ExposureMode, ToolListing};
pub use options::McpOptions;
pub use server::McpServer;
pub use session_store::StoredSessions;
pub use stdio::serve_stdio;
pub use streamable_http::{HostValidation, McpHttpService, http_service};
