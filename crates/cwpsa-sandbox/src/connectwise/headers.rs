//! The API's header names, media types and credentials.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue};

/// The media type of JSON responses.
pub(crate) const JSON: &str = "application/json; charset=utf-8";
/// The prefix of the API's own media types, which include a version.
pub(crate) const VENDOR_MEDIA_TYPE: &str = "application/vnd.";
/// The header with the ID of the calling integration.
pub(crate) const CLIENT_ID: &str = "clientid";
/// The header with the ID of a request.
pub(crate) const REQUEST_ID: &str = "x-cw-request-id";
/// The header with the name of the server.
pub(crate) const SERVER_NAME: &str = "x-server-name";
const API_VERSION: &str = "api-current-version";
const PAGINATION_TYPE: &str = "pagination-type";

/// Adds the headers common to all API responses.
pub(crate) fn add_standard_headers(headers: &mut HeaderMap) {
    headers.insert(API_VERSION, HeaderValue::from_static("2025.1"));
    headers.insert(SERVER_NAME, HeaderValue::from_static("sandbox"));
}

/// Returns true if the caller requests forward-only pagination.
pub(crate) fn is_forward_only(headers: &HeaderMap) -> bool {
    let header = headers.get(PAGINATION_TYPE).and_then(|value| value.to_str().ok());
    header.is_some_and(|value| value.eq_ignore_ascii_case("forward-only"))
}

/// Returns the decoded credentials of a request: `company+public:private`.
pub(crate) fn credentials(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(http::header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = scheme.eq_ignore_ascii_case("basic").then_some(token.trim())?;
    String::from_utf8(STANDARD.decode(token).ok()?).ok()
}

/// Returns true if the request identifies the calling integration.
pub(crate) fn has_client_id(headers: &HeaderMap) -> bool {
    headers.get(CLIENT_ID).and_then(|value| value.to_str().ok()).is_some_and(|id| !id.trim().is_empty())
}
