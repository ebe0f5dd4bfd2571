//! Putting answers together.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

use crate::call::{Answer, Call};
use crate::problem::Problem;

const JSON: &str = "application/json; charset=utf-8";

fn answer(status: u16, media_type: Option<&str>, body: impl Into<Bytes>) -> Answer {
    let mut headers = HeaderMap::new();
    if let Some(value) = media_type.and_then(|media_type| HeaderValue::from_str(media_type).ok()) {
        headers.insert(http::header::CONTENT_TYPE, value);
    }
    headers.insert("api-current-version", HeaderValue::from_static("2025.1"));
    headers.insert("x-server-name", HeaderValue::from_static("sandbox"));
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Answer { status, headers, body: body.into() }
}

/// JSON that is text already.
pub(super) fn text(status: u16, body: Vec<u8>) -> Answer {
    answer(status, Some(JSON), body)
}

pub(super) fn json(status: u16, body: &Value) -> Answer {
    text(status, body.to_string().into_bytes())
}

/// A record goes out under the API's own media type where a caller asks for that, with its version.
pub(super) fn in_asked_type(mut answer: Answer, call: &Call) -> Answer {
    use http::header::{ACCEPT, CONTENT_TYPE};
    let asked = call.headers.get(ACCEPT).filter(|asked| {
        asked.to_str().is_ok_and(|asked| asked.starts_with("application/vnd.") && !asked.contains(','))
    });
    let is_json = answer.headers.get(CONTENT_TYPE).is_some_and(|media_type| media_type == JSON);
    if let Some(asked) = asked.filter(|_| is_json && answer.status.is_success()) {
        answer.headers.insert(CONTENT_TYPE, asked.clone());
    }
    answer
}

pub(super) fn nothing() -> Answer {
    answer(204, None, Bytes::new())
}

pub(super) fn problem(problem: &Problem) -> Answer {
    text(problem.status, problem.text().into_bytes())
}

pub(super) fn file(file: &crate::store::File) -> Answer {
    let mut answer = answer(200, Some(&file.media_type), file.bytes.clone());
    // Quotes and line ends would end the name early.
    let name: String = file.name.chars().filter(|letter| !letter.is_control() && *letter != '"').collect();
    let value = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    answer.headers.insert(
        http::header::CONTENT_DISPOSITION,
        value.unwrap_or_else(|_| HeaderValue::from_static("attachment")),
    );
    answer
}

pub(super) fn header(answer: &mut Answer, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers.insert(HeaderName::from_static(name), value);
    }
}
