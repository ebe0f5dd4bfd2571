//! Parses the `Accept` header.

use http::header::ACCEPT;
use http::{HeaderMap, HeaderValue};

/// The response formats that a client accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AcceptedForm {
    /// An event stream, which the protocol requires clients to accept.
    EventStream,
    /// Only JSON.
    Json,
    /// Any format: JSON is used unless the server has to send more than the response.
    Any,
    /// Neither format.
    Neither,
}

impl AcceptedForm {
    /// Parses the `Accept` headers. Without one, any format is accepted.
    pub(super) fn from_headers(headers: &HeaderMap) -> Self {
        let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let mut ranges = values.flat_map(|value| value.split(',')).filter_map(media_range).peekable();
        if ranges.peek().is_none() {
            return if headers.contains_key(ACCEPT) { Self::Neither } else { Self::Any };
        }
        let (mut accepts_events, mut accepts_json, mut accepts_all) = (false, false, false);
        for range in ranges {
            match range.as_str() {
                "text/event-stream" | "text/*" => accepts_events = true,
                "application/json" | "application/*" => accepts_json = true,
                "*/*" => accepts_all = true,
                _ => {}
            }
        }
        match (accepts_events, accepts_all, accepts_json) {
            (true, ..) => Self::EventStream,
            (_, true, _) => Self::Any,
            (_, _, true) => Self::Json,
            _ => Self::Neither,
        }
    }

    /// Returns the header for the transport, which serves only clients that accept both formats.
    pub(super) fn both() -> HeaderValue {
        HeaderValue::from_static("application/json, text/event-stream")
    }
}

/// Returns an entry's media range in lower case, unless its weight excludes it.
fn media_range(entry: &str) -> Option<String> {
    let mut parts = entry.split(';').map(str::trim);
    let range = parts.next().filter(|range| !range.is_empty())?.to_ascii_lowercase();
    let is_excluded = |parameter: &str| {
        let weight = parameter.strip_prefix("q=").or_else(|| parameter.strip_prefix("Q="));
        weight.is_some_and(|weight| weight.parse::<f32>().is_ok_and(|weight| weight <= 0.0))
    };
    (!parts.any(is_excluded)).then_some(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept_header_selects_the_format() {
        for (accept, form) in [
            (Some("application/json, text/event-stream"), AcceptedForm::EventStream),
            (Some("text/event-stream"), AcceptedForm::EventStream),
            (Some("application/json"), AcceptedForm::Json),
            (Some("Application/JSON; charset=utf-8"), AcceptedForm::Json),
            (Some("application/json, text/event-stream;q=0"), AcceptedForm::Json),
            (Some("*/*"), AcceptedForm::Any),
            (Some("application/json, */*;q=0.1"), AcceptedForm::Any),
            (None, AcceptedForm::Any),
            (Some("text/html"), AcceptedForm::Neither),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(accept) = accept {
                headers.insert(ACCEPT, accept.parse().unwrap());
            }
            assert_eq!(AcceptedForm::from_headers(&headers), form, "{accept:?}");
        }
    }
}
