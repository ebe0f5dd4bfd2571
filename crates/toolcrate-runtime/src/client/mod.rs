//! The HTTP client.

mod access_tokens;
mod attempt;
mod authorization;
mod base_url;
mod build_request;
mod builder;
mod handle;
mod http_transport;
mod redact;
mod retry;
mod select;
mod send;
mod span;
mod token_request;
#[cfg(feature = "tools")]
mod tool_access;
#[cfg(feature = "tools")]
mod tool_state;

#[cfg(feature = "tools")]
pub(crate) use build_request::OutgoingRequest;
pub use build_request::{PreparedBody, PreparedRequest};
pub use builder::ClientBuilder;
pub use handle::Client;
pub use http_transport::HttpTransport;
pub use retry::RetryPolicy;
pub(crate) use select::complete;
pub(crate) use send::ApiResponse;
