//! The HTTP client.

mod base_url;
mod build_request;
mod builder;
mod connect;
mod handle;
mod redact;
mod retry;
mod send;
mod transport;

pub(crate) use build_request::OutgoingRequest;
pub use build_request::{PreparedBody, PreparedRequest};
pub use builder::ClientBuilder;
pub use handle::Client;
pub use retry::RetryPolicy;
pub(crate) use send::ApiResponse;
