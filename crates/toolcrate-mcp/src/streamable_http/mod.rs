//! Streamable HTTP, as a service that any server can mount.
//!
//! The `rmcp` transport serves only clients that follow the protocol to the letter. This module wraps it for other
//! clients, which may send `Accept: */*`, batches, malformed JSON, or the ID of a session that has ended.

mod accept;
mod batch;
mod errors;
mod event_stream;
mod message;
mod prefixed_body;
mod service;

pub use service::{HostValidation, McpHttpService, http_service};
