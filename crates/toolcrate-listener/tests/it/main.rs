//! The listener over real connections.

mod drain;
mod timeouts;
