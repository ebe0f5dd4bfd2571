//! A decoded response with its metadata: status, headers, rate limit and next page.

use http::HeaderMap;

use crate::model::SkippedItem;
use crate::paging::Next;
use crate::rate_limit::RateLimit;

/// A decoded response and its metadata.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Response<T> {
    /// The decoded body.
    pub value: T,
    /// The HTTP status.
    pub status: u16,
    /// All headers.
    pub headers: HeaderMap,
    /// The rate limit's state.
    pub rate_limit: RateLimit,
    /// The server's request ID, which its support may ask for.
    pub request_id: Option<String>,
    /// How to request the next page, if the response is a list with one.
    pub next: Option<Next>,
    /// The list items that `value` lacks because they have another type than the API description specifies.
    pub skipped: Vec<SkippedItem>,
}

/// Returns the server's request ID. APIs agree on little more than how the header's name ends.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<String> {
    let named = headers.iter().find(|(name, _)| {
        let name = name.as_str();
        name.ends_with("request-id") || name.ends_with("correlation-id")
    });
    let value = named?.1.to_str().ok()?.trim();
    (!value.is_empty()).then(|| value.to_owned())
}
