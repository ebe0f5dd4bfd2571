//! The server as its users see it: its processes, its command line, MCP, HTTP, callbacks, and the documents about it.
//!
//! The tests run in one process, so none of them changes what is global there: environment variables, signals and the
//! current directory are those of child processes, and logs are read from their standard error.
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
