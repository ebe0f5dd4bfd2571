//! Error responses for injected faults, as the API and the proxies in front of it send them.

use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::connectwise::error::ApiError;
use crate::connectwise::headers::JSON;
use crate::message::MockResponse;

/// Returns a 429 with `Retry-After`.
pub(super) fn too_many_requests(seconds: u32) -> MockResponse {
    let mut response =
        api_response(StatusCode::TOO_MANY_REQUESTS, &ApiError::too_many_requests_body(seconds));
    response.headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// Returns a 500 with a message.
pub(super) fn server_error(message: &str) -> MockResponse {
    api_response(StatusCode::INTERNAL_SERVER_ERROR, &ApiError::general(500, message).to_text())
}

/// Returns an HTML page.
pub(super) fn html(status: StatusCode) -> MockResponse {
    let title = format!("{} {}", status.as_u16(), status.canonical_reason().unwrap_or("Error"));
    let page = format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n\
         </body>\r\n</html>\r\n"
    );
    MockResponse { status, headers: content_type("text/html"), body: page.into() }
}

/// Returns a status without a body.
pub(super) fn empty(status: StatusCode) -> MockResponse {
    MockResponse { status, headers: HeaderMap::new(), body: bytes::Bytes::new() }
}

fn api_response(status: StatusCode, body: &str) -> MockResponse {
    MockResponse { status, headers: content_type(JSON), body: body.to_owned().into() }
}

fn content_type(value: &'static str) -> HeaderMap {
    HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(value))])
}
