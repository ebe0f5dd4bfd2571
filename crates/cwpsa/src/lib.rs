//! Provides ConnectWise PSA tools to any agent: on the command line, over the Model Context Protocol, and over HTTP.
//!
//! The `cwpsa` binary is a thin wrapper around this library: [`cli`] defines the command line, [`settings`] reads
//! the configuration, and [`commands`] and [`http`] connect the generic crates to ConnectWise PSA.
//!
//! The library exists for the binary and its tests. Only the command line is a stable interface.
//!
//! ```
//! use cwpsa::cli::{Command, Invocation};
//! use cwpsa::environment::Environment;
//!
//! let line = ["cwpsa", "search", "add a note to a ticket"];
//! let invocation = Invocation::try_parse_from(line, Environment::default())?;
//! assert!(matches!(invocation.arguments.command, Command::Search(_)));
//! # Ok::<(), clap::Error>(())
//! ```

pub mod audit_rotation;
pub mod cli;
pub mod commands;
pub mod config_watch;
pub mod environment;
pub mod error;
pub mod exposure;
pub mod health_check;
pub mod http;
pub mod logs;
pub mod metrics;
pub mod product;
pub mod secret_source;
pub mod select;
pub mod services;
pub mod settings;
pub mod shutdown;
pub mod webhooks;
pub mod word_lists;
