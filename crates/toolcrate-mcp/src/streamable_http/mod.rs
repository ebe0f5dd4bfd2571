//! Streamable HTTP, as a service to mount in any server.
//!
//! The transport of `rmcp` serves clients that follow the protocol to the letter. Others send `Accept: */*`, batches,
//! malformed JSON or the id of a session that has ended; what they get is made here, around that transport.

mod accept;
mod batch;
mod errors;
mod event_stream;
mod message;
mod prefixed_body;
mod service;

pub use service::{HostValidation, McpHttpService, http_service};
