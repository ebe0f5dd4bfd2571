//! The ConnectWise PSA tools for any agent: on the command line, over the Model Context Protocol, and over HTTP.
//!
//! The binary `cwpsa` is a thin shell around this library: [`cli`] says what can be asked for, [`settings`] whose
//! account is meant, [`select`] which tools are offered, [`search`] finds one by a user's words.

pub mod approve;
pub mod audit;
pub mod cli;
pub mod commands;
pub mod digest;
pub mod http;
pub mod mcp;
pub mod metrics;
pub mod output;
pub mod run;
pub mod search;
pub mod select;
pub mod settings;
pub mod store;
pub mod webhooks;
