//! Responses that do not come from the engine.

use bytes::Bytes;
use connectwise_psa::runtime::Value;
use connectwise_psa::runtime::serde_json;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::connectwise::headers::JSON;
use crate::message::MockResponse;

/// Returns a line of text.
pub(super) fn plain(status: StatusCode, text: &'static str) -> MockResponse {
    let headers =
        HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"))]);
    MockResponse { status, headers, body: Bytes::from_static(text.as_bytes()) }
}

/// Returns JSON.
pub(super) fn json(status: StatusCode, value: &Value) -> MockResponse {
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(JSON))]);
    MockResponse { status, headers, body: serde_json::to_vec(value).unwrap_or_default().into() }
}
