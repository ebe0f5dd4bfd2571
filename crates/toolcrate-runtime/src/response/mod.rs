//! Responses: the raw response, and the decoded response with its metadata.

mod decode;
mod status_macro;
mod types;

pub use decode::{FromResponse, RawResponse};
pub use types::Response;
pub(crate) use types::request_id;
