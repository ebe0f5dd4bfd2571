//! Responses: the raw response, and the decoded response with its metadata.

mod decode;
mod types;

pub use decode::{FromResponse, RawResponse};
pub use types::Response;
pub(crate) use types::request_id;
