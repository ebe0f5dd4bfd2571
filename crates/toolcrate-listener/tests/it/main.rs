//! Tests the listener over real connections.

mod drain;
mod timeouts;
