//! The ConnectWise PSA tools for any agent: on the command line, over the Model Context Protocol, and over HTTP.
//!
//! The binary `cwpsa` is a thin shell around this library: [`cli`] says what can be asked for, [`settings`] whose
//! account is meant, [`select`] which tools are offered, [`search`] finds one by a user's words.

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
