//! The server as its users see it: its processes, command line, MCP, HTTP, callbacks, and documentation.
//!
//! The tests run in one process, so none of them changes global state: environment variables, signals and the current
//! directory are set for child processes, and logs are read from their standard error.
#![allow(missing_docs)]

mod approvals;
mod copies;
mod cursors;
#[cfg(unix)]
mod docs;
mod failure_matrix;
mod healthcheck;
mod http;
mod jobs;
mod lists;
mod mcp;
mod offer;
mod one_server;
mod outcomes;
#[cfg(target_os = "linux")]
mod output;
mod redis_tls;
mod sandbox;
mod screens;
mod search;
#[cfg(unix)]
mod stop;
mod support;
mod truto;
mod watch;
mod webhooks;
