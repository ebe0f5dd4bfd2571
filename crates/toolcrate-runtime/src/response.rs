//! An answer with what stands around its value: status, headers, rate limit, how the list goes on.

use http::HeaderMap;

use crate::{Next, RateLimit};

/// A decoded answer and what stands around it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Response<T> {
    /// The decoded body.
    pub value: T,
    /// The HTTP status.
    pub status: u16,
    /// All headers.
    pub headers: HeaderMap,
    /// The state of the rate limit.
    pub rate_limit: RateLimit,
    /// The server's name for the request, to be quoted to its support.
    pub request_id: Option<String>,
    /// How to ask for the next page, if the answer is a list that goes on.
    pub next: Option<Next>,
}

/// The server's name for a request: APIs agree on little more than the end of the header's name.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<String> {
    let named = headers.iter().find(|(name, _)| {
        let name = name.as_str();
        name.ends_with("request-id") || name.ends_with("correlation-id")
    });
    let value = named?.1.to_str().ok()?.trim();
    (!value.is_empty()).then(|| value.to_owned())
}
