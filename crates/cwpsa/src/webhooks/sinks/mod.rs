//! The destinations to which events are delivered.

pub mod command;
pub mod http;
