//! Turning an answer into the type that the caller asked for, and telling apart the ways in which that can
//! fail: not JSON at all, cut off, or of another shape.

use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde::de::IgnoredAny;

use crate::error::{Delivery, OUTCOME_UNKNOWN, is_html, title};
use crate::{Api, Download, Error, ErrorKind, Field, Place, decode};

/// An answer of status 2xx, before it is decoded.
#[derive(Clone, Debug)]
pub struct RawResponse {
    status: u16,
    headers: HeaderMap,
    body: Bytes,
    /// Whether the request changed something, which a caller should know when the answer can't be read.
    wrote: bool,
}

impl RawResponse {
    pub(crate) fn new(status: u16, headers: HeaderMap, body: Bytes, wrote: bool) -> Self {
        Self { status, headers, body, wrote }
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Whether the body is nothing but white space.
    pub fn is_empty(&self) -> bool {
        self.json().is_empty()
    }

    /// The body without a byte order mark and white space around it.
    fn json(&self) -> &[u8] {
        self.body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&self.body).trim_ascii()
    }

    /// Decodes the body, which must be JSON, into `place`.
    ///
    /// # Errors
    /// `NotJson` for a web page or other content, `Decode` for JSON that is cut off or of another shape.
    pub fn decode_into(&self, place: Place<'_>) -> Result<(), Error> {
        let body = self.json();
        if body.is_empty() {
            return Err(self.error(ErrorKind::Decode, "the answer has no body, but one was expected"));
        }
        let mut deserializer = serde_json::Deserializer::from_slice(body);
        let result = decode(&mut deserializer, place).and_then(|()| deserializer.end());
        result.map_err(|error| self.explain(&error))
    }

    /// The error for a body that could not be decoded.
    fn explain(&self, error: &serde_json::Error) -> Error {
        let body = self.json();
        if is_html(&self.headers, body) {
            return self.web_page();
        }
        // A path in front of the message hides its category, so the text is looked at once more.
        match serde_json::from_slice::<IgnoredAny>(body) {
            Ok(_) => self.error(ErrorKind::Decode, format!("the answer has another shape: {error}")),
            Err(other) if other.is_eof() => {
                self.damaged(ErrorKind::Decode, format!("the answer is cut off: {error}"))
            }
            Err(_) => match self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) {
                Some(declared) if !declared.to_ascii_lowercase().contains("json") => self.damaged(
                    ErrorKind::NotJson,
                    format!("the server answered with {declared}, not with JSON"),
                ),
                _ => self.damaged(ErrorKind::Decode, format!("the answer is not valid JSON: {error}")),
            },
        }
    }

    /// The error for a body that is a web page: it may not come from the API at all.
    pub(crate) fn web_page(&self) -> Error {
        const CHECK: &str =
            "Check the base URL; a web page usually comes from a login or a proxy on the way.";
        let title = title(&String::from_utf8_lossy(self.json()));
        let title = title.map(|title| format!(": \"{title}\"")).unwrap_or_default();
        let message = format!("the server answered with a web page, not with JSON{title}");
        let error = if self.wrote {
            Error::new(ErrorKind::OutcomeUnknown, message)
                .with_next_step(format!("{OUTCOME_UNKNOWN} {CHECK}"))
        } else {
            Error::new(ErrorKind::NotJson, message).with_next_step(CHECK)
        };
        error.with_status(self.status).with_delivery(Delivery::Unknown)
    }

    /// The error for a body that did not arrive as it was sent, or is not of the API.
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

/// A type that an answer can be turned into.
///
/// It is implemented for `()` (any 2xx, the body is ignored), [`Download`], and everything that can stand
/// in a model: generated types, `Value`, `Vec<T>`, `BTreeMap<String, T>`, scalars and `String`.
pub trait Answer: Sized {
    /// Turns an answer into a value.
    ///
    /// # Errors
    /// `NotJson`, or `Decode` with the path of the member that has another shape.
    fn decode(response: RawResponse) -> Result<Self, Error>;

    /// What the request says it accepts.
    fn accept(api: &Api) -> &'static str {
        api.accept
    }
}

impl<T: Field> Answer for T {
    fn decode(response: RawResponse) -> Result<Self, Error> {
        let mut value = T::default();
        response.decode_into(value.place())?;
        Ok(value)
    }
}

impl Answer for () {
    fn decode(_: RawResponse) -> Result<Self, Error> {
        Ok(())
    }
}

impl Answer for Download {
    fn decode(response: RawResponse) -> Result<Self, Error> {
        Ok(Self::new(&response.headers, response.body))
    }

    fn accept(_: &Api) -> &'static str {
        "*/*"
    }
}
