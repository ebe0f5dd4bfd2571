//! Responses that the server returns without calling the engine.

use bytes::Bytes;
use connectwise_psa::runtime::Value;
use connectwise_psa::runtime::serde_json;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::connectwise::headers::JSON;
use crate::message::MockResponse;

const PAGE_NOT_FOUND: &[u8] = b"<!DOCTYPE html>\r\n<html><head><title>404 - File or directory not found.</title></head>\
    <body><h1>Server Error</h1><h2>404 - File or directory not found.</h2><p>There is nothing here. The API is under \
    /v4_6_release/apis/3.0, for example /v4_6_release/apis/3.0/system/info.</p></body></html>\r\n";

/// Returns a line of text.
pub(super) fn plain(status: StatusCode, text: &'static str) -> MockResponse {
    let headers =
        HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"))]);
    MockResponse { status, headers, body: Bytes::from_static(text.as_bytes()) }
}

/// Returns the web server's page for a path outside the API.
pub(super) fn page_not_found() -> MockResponse {
    let headers =
        HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"))]);
    MockResponse { status: StatusCode::NOT_FOUND, headers, body: Bytes::from_static(PAGE_NOT_FOUND) }
}

/// Returns JSON.
pub(super) fn json(status: StatusCode, value: &Value) -> MockResponse {
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(JSON))]);
    MockResponse { status, headers, body: serde_json::to_vec(value).unwrap_or_default().into() }
}
