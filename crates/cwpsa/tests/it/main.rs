//! Tests the server as its users see it: processes, command line, MCP, HTTP, callbacks, and documentation.
//!
//! The tests share one process, so none of them changes global state: environment variables, signals and the current
//! directory are set only for child processes, and logs are read from the child processes' stderr.
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
