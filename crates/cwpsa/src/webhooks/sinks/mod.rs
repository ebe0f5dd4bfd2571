//! Sinks: event destinations.

pub mod command;
pub mod http;
