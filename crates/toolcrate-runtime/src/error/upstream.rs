//! Errors reported by the server. The kind is derived from the status; the code and message are extracted from the
//! body, using the JSON pointers in the API's description.

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde_json::Value;

use super::constructors::OUTCOME_UNKNOWN;
use super::data::Error;
use super::delivery::Delivery;
use super::field::FieldError;
use super::kind::ErrorKind;
use crate::api::ErrorShape;
use crate::text::bounded;

/// The next step after a "not found" web page, which doesn't come from the API.
const NO_API: &str =
    "Check the base URL: it leads to a web page, not the API. The path may be missing or wrong.";

/// The next step if a web page rejects a request. The cause is neither the arguments nor the permissions.
const REFUSED_BY_PAGE: &str = "The response is a web page, not the API's: a proxy or firewall may have refused the request. Check the base \
     URL and what is between the client and the API, then the credentials.";

/// Maximum number of characters of server text that is passed on.
const MAX_CHARACTERS: usize = 2000;
/// Maximum number of field errors that are passed on.
const MAX_FIELDS: usize = 100;

impl Error {
    /// Creates the error for a response with this status.
    pub(crate) fn upstream(
        shape: &ErrorShape,
        status: u16,
        headers: &HeaderMap,
        body: &[u8],
        writes: bool,
    ) -> Self {
        let delivery = Delivery::from_status(status);
        let kind = kind(status, writes && !delivery.changed_nothing());
        let (code, message, fields) = match serde_json::from_slice::<Value>(body) {
            Ok(value) => {
                let message = first(&value, shape.message);
                (first(&value, shape.code), message.or_else(|| plain(&value)), fields(shape, &value))
            }
            Err(_) => (None, not_json(headers, body), Vec::new()),
        };
        let message = message.unwrap_or_else(|| {
            let reason = http::StatusCode::from_u16(status).ok();
            let reason = reason.and_then(|status| status.canonical_reason()).unwrap_or("an error");
            format!("the server returned only \"{reason}\"")
        });
        let error = Self::new(kind, message)
            .with_delivery(delivery)
            .with_status(status)
            .with_code(code)
            .with_fields(fields);
        let is_page = error.code().is_none() && is_html(headers, body);
        let next_step = match kind {
            ErrorKind::NotFound if is_page => Some(NO_API),
            ErrorKind::Unauthorized | ErrorKind::Forbidden | ErrorKind::Conflict | ErrorKind::Rejected
                if is_page =>
            {
                Some(REFUSED_BY_PAGE)
            }
            kind => next_step(kind, status),
        };
        match next_step {
            Some(next_step) => error.with_next_step(next_step),
            None => error,
        }
    }
}

fn kind(status: u16, outcome_unknown: bool) -> ErrorKind {
    match status {
        _ if outcome_unknown => ErrorKind::OutcomeUnknown,
        401 => ErrorKind::Unauthorized,
        403 => ErrorKind::Forbidden,
        404 | 410 => ErrorKind::NotFound,
        409 | 412 => ErrorKind::Conflict,
        429 => ErrorKind::RateLimited,
        500..=599 => ErrorKind::Server,
        _ => ErrorKind::Rejected,
    }
}

fn next_step(kind: ErrorKind, status: u16) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::Unauthorized => "The server rejected the credentials. Check them.",
        ErrorKind::Forbidden => {
            "The credentials lack the required permission. Ask the account's administrator to grant it."
        }
        ErrorKind::NotFound => "Check the IDs. List the records to find one that exists.",
        ErrorKind::Conflict => "Read the record again to see what changed or what blocks the change.",
        ErrorKind::RateLimited => {
            "Wait for the number of seconds in retry_after, then send the same request again."
        }
        ErrorKind::Rejected if matches!(status, 400 | 422) => {
            "Correct the problems listed in the message and fields, then send the request again."
        }
        ErrorKind::OutcomeUnknown => OUTCOME_UNKNOWN,
        ErrorKind::Server => "Try again in a moment.",
        _ => return None,
    })
}

/// Returns the value of the first pointer that resolves to a string or a number.
fn first(value: &Value, pointers: &[&str]) -> Option<String> {
    pointers.iter().find_map(|pointer| match value.pointer(pointer)? {
        Value::String(text) if !text.trim().is_empty() => Some(bounded(text.trim(), MAX_CHARACTERS)),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

/// Returns a body that consists of a single string.
fn plain(value: &Value) -> Option<String> {
    value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(|text| bounded(text, MAX_CHARACTERS))
}

fn fields(shape: &ErrorShape, value: &Value) -> Vec<FieldError> {
    let list = shape.list.iter().find_map(|pointer| value.pointer(pointer)?.as_array());
    let items = list.into_iter().flatten().take(MAX_FIELDS);
    items
        .flat_map(|item| {
            let field = first(item, shape.item_field).unwrap_or_default();
            let code = first(item, shape.item_code).unwrap_or_default();
            let message = first(item, shape.item_message).or_else(|| plain(item)).unwrap_or_default();
            let pointers: Vec<String> = field_names(&field).into_iter().map(to_pointer).collect();
            pointers.into_iter().map(move |pointer| FieldError::new(pointer, &*code, &*message))
        })
        .collect()
}

/// Returns the fields listed in an error: several if it is a comma-separated list of names.
fn field_names(text: &str) -> Vec<&str> {
    let names: Vec<&str> = text.split(',').map(str::trim).collect();
    let is_name = |name: &&str| !name.is_empty() && !name.contains(char::is_whitespace);
    if names.iter().all(is_name) { names } else { vec![text] }
}

fn to_pointer(field: &str) -> String {
    if field.is_empty() || field.starts_with('/') { field.to_owned() } else { format!("/{field}") }
}

/// Returns the message for a body that isn't JSON: a web page or plain text.
fn not_json(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    if is_html(headers, body) {
        return Some(match html_title(text) {
            Some(title) => format!("expected JSON, got a web page: \"{title}\""),
            None => "expected JSON, got a web page".to_owned(),
        });
    }
    Some(text.chars().take(300).collect())
}

/// Returns true if and only if a body is a web page according to its header or its first characters.
pub(crate) fn is_html(headers: &HeaderMap, body: &[u8]) -> bool {
    let declared = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    declared.to_ascii_lowercase().contains("html") || body.trim_ascii_start().starts_with(b"<")
}

/// Returns true if and only if a body really is a web page, rather than only declared as one.
pub(crate) fn is_web_page(headers: &HeaderMap, body: &[u8]) -> bool {
    let body = body.trim_ascii_start();
    let begins = |text: &[u8]| body.get(..text.len()).is_some_and(|start| start.eq_ignore_ascii_case(text));
    begins(b"<!doctype html") || begins(b"<html") || begins(b"<") && is_html(headers, b"")
}

/// Returns the title of a web page.
pub(crate) fn html_title(text: &str) -> Option<String> {
    // ASCII only, so the positions are valid in the original.
    let lower = text.to_ascii_lowercase();
    let start = lower.find("<title")?;
    let start = start + lower[start..].find('>')? + 1;
    let end = start + lower[start..].find("</title")?;
    let title = text[start..end].split_whitespace().collect::<Vec<_>>().join(" ");
    (!title.is_empty()).then(|| title.chars().take(200).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SHAPE: ErrorShape = ErrorShape {
        code: &["/code", "/error"],
        message: &["/message"],
        list: &["/errors"],
        item_code: &["/code"],
        item_message: &["/message"],
        item_field: &["/field"],
    };

    fn upstream(status: u16, body: &str, writes: bool) -> Error {
        Error::upstream(&SHAPE, status, &HeaderMap::new(), body.as_bytes(), writes)
    }

    #[test]
    fn code_message_and_fields_are_parsed() {
        let body = json!({"code": "InvalidObject", "message": "order is\r\ninvalid", "errors": [
            {"code": "Missing", "message": "The name is required.", "field": "customer/name"},
        ]});
        let error = upstream(400, &body.to_string(), true);
        assert_eq!(error.kind(), ErrorKind::Rejected);
        assert_eq!(error.code(), Some("InvalidObject"));
        let expected = FieldError::new("/customer/name", "Missing", "The name is required.");
        assert_eq!(error.fields(), [expected]);
        let line = "400 InvalidObject order is invalid (/customer/name: The name is required.)";
        assert_eq!(error.to_string(), line);
    }

    #[test]
    fn error_about_several_fields_names_each() {
        let pointers = |field: &str| -> Vec<String> {
            let body = json!({"errors": [{"code": "Note", "message": "Choose one.", "field": field}]});
            let error = upstream(400, &body.to_string(), true);
            assert!(error.fields().iter().all(|field| field.message == "Choose one."));
            error.fields().iter().map(|field| field.pointer.clone()).collect()
        };
        assert_eq!(pointers("shown, internal,lines/solved"), ["/shown", "/internal", "/lines/solved"]);
        assert_eq!(pointers("/name"), ["/name"]);
        assert_eq!(pointers("name of it, or its id"), ["/name of it, or its id"]);
        assert_eq!(pointers(""), [""]);
    }

    #[test]
    fn alternative_code_names_and_null_lists_are_accepted() {
        let error = upstream(429, r#"{"error":"Limit","message":"Too many","errors":null}"#, false);
        assert_eq!((error.kind(), error.code()), (ErrorKind::RateLimited, Some("Limit")));
        assert!(error.fields().is_empty());
    }

    #[test]
    fn html_empty_and_plain_text_bodies_are_reported() {
        let page = upstream(502, "<html><head><Title>Bad\n Gateway</title></head></html>", true);
        assert!(page.message().contains("web page") && page.message().contains("\"Bad Gateway\""));
        assert!(page.next_step().is_some_and(|next| next.contains("may have been applied")));
        for status in [400, 401, 403, 409] {
            let page = upstream(status, "<!DOCTYPE html><title>Attention Required!</title>", true);
            assert!(page.next_step().is_some_and(|next| next.contains("proxy or firewall")), "{status}");
        }
        assert!(upstream(503, "", false).message().contains("Service Unavailable"));
        assert_eq!(page.kind(), ErrorKind::OutcomeUnknown);
        assert_eq!(upstream(502, "", false).kind(), ErrorKind::Server);
        assert_eq!(upstream(400, "no such column", false).message(), "no such column");
    }
}
