//! Builds responses.

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

use crate::connectwise::error::ApiError;
use crate::connectwise::headers::{self, JSON, VENDOR_MEDIA_TYPE};
use crate::engine::store::StoredFile;
use crate::message::{MockRequest, MockResponse};

fn new_response(status: u16, media_type: Option<&str>, body: impl Into<Bytes>) -> MockResponse {
    let mut headers = HeaderMap::new();
    if let Some(value) = media_type.and_then(|media_type| HeaderValue::from_str(media_type).ok()) {
        headers.insert(CONTENT_TYPE, value);
    }
    headers::add_standard_headers(&mut headers);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    MockResponse { status, headers, body: body.into() }
}

/// Returns a response with prerendered JSON.
pub(crate) fn json_text(status: u16, body: Vec<u8>) -> MockResponse {
    new_response(status, Some(JSON), body)
}

/// Returns a response with a JSON body.
pub(crate) fn json(status: u16, body: &Value) -> MockResponse {
    json_text(status, body.to_string().into_bytes())
}

/// Sets the versioned media type that the caller accepts on a successful JSON response.
pub(crate) fn with_requested_media_type(mut response: MockResponse, request: &MockRequest) -> MockResponse {
    let requested = request.headers.get(ACCEPT).filter(|requested| {
        requested
            .to_str()
            .is_ok_and(|requested| requested.starts_with(VENDOR_MEDIA_TYPE) && !requested.contains(','))
    });
    let is_json = response.headers.get(CONTENT_TYPE).is_some_and(|media_type| media_type == JSON);
    if let Some(requested) = requested.filter(|_| is_json && response.status.is_success()) {
        response.headers.insert(CONTENT_TYPE, requested.clone());
    }
    response
}

/// Returns an empty response.
pub(crate) fn no_content() -> MockResponse {
    new_response(204, None, Bytes::new())
}

/// Returns an error response.
pub(crate) fn error(error: &ApiError) -> MockResponse {
    json_text(error.status, error.to_text().into_bytes())
}

/// Returns a file as a download.
pub(crate) fn file(file: &StoredFile) -> MockResponse {
    let mut response = new_response(200, Some(&file.media_type), file.bytes.clone());
    // A quote or a control character would end the header value early.
    let name: String = file.name.chars().filter(|letter| !letter.is_control() && *letter != '"').collect();
    let value = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    response
        .headers
        .insert(CONTENT_DISPOSITION, value.unwrap_or_else(|_| HeaderValue::from_static("attachment")));
    response
}

/// Sets a header, unless its value is invalid.
pub(crate) fn insert_header(response: &mut MockResponse, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers.insert(HeaderName::from_static(name), value);
    }
}
