//! Sinks: the destinations of events.

pub mod command;
pub mod http;
