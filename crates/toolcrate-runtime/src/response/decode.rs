//! Decodes a response into the type that the caller requested, and distinguishes three kinds of failure: not JSON at
//! all, truncated JSON, and JSON with a different structure.

use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde_core::de::IgnoredAny;

use crate::api::Api;
use crate::download::Download;
use crate::error::{Delivery, Error, ErrorKind, OUTCOME_UNKNOWN, html_title, is_html};
use crate::model::{ModelValue, SkippedItem, ValueMut, deserialize_items};

/// A 2xx response before it is decoded.
#[derive(Clone, Debug)]
pub struct RawResponse {
    status: u16,
    headers: HeaderMap,
    body: Bytes,
    /// True if the request was a write, which matters to the caller if the response can't be read.
    wrote: bool,
    /// The items that were left out when the body was decoded.
    skipped: Vec<SkippedItem>,
}

impl RawResponse {
    pub(crate) fn new(status: u16, headers: HeaderMap, body: Bytes, wrote: bool) -> Self {
        Self { status, headers, body, wrote, skipped: Vec::new() }
    }

    /// Returns the items of the list that [`decode_into`](Self::decode_into) left out.
    pub(crate) fn into_skipped(self) -> Vec<SkippedItem> {
        self.skipped
    }

    /// Returns the HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Returns the headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the body.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Returns true if and only if the body contains only whitespace.
    pub fn is_empty(&self) -> bool {
        self.json().is_empty()
    }

    /// Returns the body without a byte order mark and surrounding whitespace.
    fn json(&self) -> &[u8] {
        self.body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&self.body).trim_ascii()
    }

    /// Decodes the body, which must be JSON, into `value`. Items of a list that have another type than the API
    /// description specifies are left out and recorded.
    ///
    /// # Errors
    /// Returns `NotJson` for a web page or other content, and `Decode` for JSON that is truncated or has a different
    /// structure.
    pub fn decode_into(&mut self, value: ValueMut<'_>) -> Result<(), Error> {
        let body = self.json();
        if body.is_empty() {
            return Err(self.error(ErrorKind::Decode, "expected a response body"));
        }
        let mut deserializer = serde_json::Deserializer::from_slice(body);
        let result = deserialize_items(&mut deserializer, value);
        let result = result.and_then(|skipped| deserializer.end().map(|()| skipped));
        self.skipped = result.map_err(|error| self.explain(&error))?;
        Ok(())
    }

    /// Returns the error for a body that couldn't be decoded.
    fn explain(&self, error: &serde_json::Error) -> Error {
        let body = self.json();
        if is_html(&self.headers, body) {
            return self.web_page();
        }
        // A path before the message hides its category, so the text is parsed once more.
        match serde_json::from_slice::<IgnoredAny>(body) {
            Ok(_) => self.error(ErrorKind::Decode, format!("unexpected response: {error}")),
            Err(other) if other.is_eof() => {
                self.damaged(ErrorKind::Decode, format!("incomplete response: {error}"))
            }
            Err(_) => match self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) {
                Some(declared) if !declared.to_ascii_lowercase().contains("json") => {
                    self.damaged(ErrorKind::NotJson, format!("expected JSON, got {declared}"))
                }
                _ => self.damaged(ErrorKind::Decode, format!("invalid JSON in the response: {error}")),
            },
        }
    }

    /// Returns the error for a body that is a web page, which may not come from the API at all.
    pub(crate) fn web_page(&self) -> Error {
        const CHECK: &str = "Check the base URL. A web page usually comes from a login page or a proxy.";
        let title = html_title(&String::from_utf8_lossy(self.json()));
        let title = title.map(|title| format!(": \"{title}\"")).unwrap_or_default();
        let message = format!("expected JSON, got a web page{title}");
        let error = if self.wrote {
            Error::new(ErrorKind::OutcomeUnknown, message)
                .with_next_step(format!("{OUTCOME_UNKNOWN} {CHECK}"))
        } else {
            Error::new(ErrorKind::NotJson, message).with_next_step(CHECK)
        };
        error.with_status(self.status).with_delivery(Delivery::Unknown)
    }

    /// Returns the error for a body that was damaged in transit or doesn't come from the API.
    fn damaged(&self, kind: ErrorKind, message: impl Into<String>) -> Error {
        self.error(if self.wrote { ErrorKind::OutcomeUnknown } else { kind }, message)
    }

    fn error(&self, kind: ErrorKind, message: impl Into<String>) -> Error {
        let error = match self.wrote {
            true => Error::unreadable_success(kind, message),
            false => Error::new(kind, message).with_delivery(Delivery::Succeeded),
        };
        error.with_status(self.status)
    }
}

/// A type into which a response can be decoded.
///
/// It is implemented for `()` (any 2xx, the body is ignored), [`Download`], the types that a model can hold (generated
/// types, `Value`, `Vec<T>`, `BTreeMap<String, T>`, scalars and `String`), and the generated enums of responses whose content
/// differs by status.
pub trait FromResponse: Sized {
    /// Decodes a response.
    ///
    /// # Errors
    /// Returns `NotJson`, or `Decode` with the path of the field that has a different type.
    fn from_response(response: &mut RawResponse) -> Result<Self, Error>;

    /// Passes an empty value of the type to `visit`, which can then inspect its fields.
    #[doc(hidden)]
    fn visit_empty(_visit: &mut dyn FnMut(ValueMut<'_>)) {}

    /// Returns the `Accept` header of the request.
    fn accept(api: &Api) -> &'static str {
        api.accept
    }
}

impl<T: ModelValue> FromResponse for T {
    fn from_response(response: &mut RawResponse) -> Result<Self, Error> {
        let mut value = T::default();
        // A list without items may have no content.
        let is_nothing = response.status == 204 && response.is_empty();
        if !(is_nothing && matches!(value.value_mut(), ValueMut::List(_))) {
            response.decode_into(value.value_mut())?;
        }
        Ok(value)
    }

    fn visit_empty(visit: &mut dyn FnMut(ValueMut<'_>)) {
        visit(Self::default().value_mut());
    }
}

impl FromResponse for () {
    fn from_response(_: &mut RawResponse) -> Result<Self, Error> {
        Ok(())
    }
}

impl FromResponse for Download {
    fn from_response(response: &mut RawResponse) -> Result<Self, Error> {
        Ok(Self::new(&response.headers, response.body.clone()))
    }

    fn accept(_: &Api) -> &'static str {
        "*/*"
    }
}
