//! The answers that faults give, as the API and what stands before it give them.

use connectwise_psa::runtime::Value;
use connectwise_psa::runtime::serde_json::{self, json};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::Answer;

/// 429. Its body has `error` where all others have `code`.
pub(super) fn too_many_requests(seconds: u32) -> Answer {
    let message = format!("Too many requests. Please try again in {seconds} seconds.");
    let body = json!({"error": "ConnectWiseAPI", "message": message});
    let mut answer = api(StatusCode::TOO_MANY_REQUESTS, &body);
    answer.headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    answer
}

/// 500 with one of the API's messages.
pub(super) fn server_error(message: &str) -> Answer {
    let body = json!({"code": "ConnectWiseApi", "message": message, "errors": Value::Null});
    api(StatusCode::INTERNAL_SERVER_ERROR, &body)
}

/// A page of HTML.
pub(super) fn html(status: StatusCode) -> Answer {
    let title = format!("{} {}", status.as_u16(), status.canonical_reason().unwrap_or("Error"));
    let page = format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n\
         </body>\r\n</html>\r\n"
    );
    Answer { status, headers: content_type("text/html"), body: page.into() }
}

/// Nothing but a status.
pub(super) fn empty(status: StatusCode) -> Answer {
    Answer { status, headers: HeaderMap::new(), body: bytes::Bytes::new() }
}

/// JSON, indented and with line ends as the API's errors have them.
fn api(status: StatusCode, body: &Value) -> Answer {
    let text = serde_json::to_string_pretty(body).unwrap_or_default().replace('\n', "\r\n");
    Answer { status, headers: content_type("application/json; charset=utf-8"), body: text.into() }
}

fn content_type(value: &'static str) -> HeaderMap {
    HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(value))])
}
