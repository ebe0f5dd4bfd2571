//! Where events are delivered to.

pub mod command;
pub mod http;
