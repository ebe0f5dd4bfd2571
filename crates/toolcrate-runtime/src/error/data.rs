//! The error type and its two representations: one line of text, and JSON.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_core::de::DeserializeOwned;
use serde_json::{Value, json};

use super::delivery::Delivery;
use super::field::FieldError;
use super::kind::ErrorKind;
use crate::rate_limit::RateLimit;

/// The error type for every fallible operation in this crate.
///
/// It contains what went wrong (see [`ErrorKind`]), what the server reported, and what to do next. It never contains a
/// secret or the value of a query parameter.
#[derive(Clone)]
pub struct Error(pub(super) Box<ErrorData>);

#[derive(Clone)]
pub(super) struct ErrorData {
    pub(super) kind: ErrorKind,
    pub(super) status: Option<u16>,
    pub(super) code: Option<String>,
    pub(super) message: String,
    pub(super) fields: Vec<FieldError>,
    pub(super) next_step: Option<String>,
    pub(super) request: Option<String>,
    pub(super) request_id: Option<String>,
    pub(super) retry_after: Option<u64>,
    pub(super) rate_limit: RateLimit,
    pub(super) raw_response: Option<Value>,
    pub(super) delivery: Delivery,
    pub(super) source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// Returns the kind of failure.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns how far the request got. It is [`Delivery::Unknown`] unless something more precise is known.
    pub fn delivery(&self) -> Delivery {
        self.0.delivery
    }

    /// Returns true if and only if the call certainly changed nothing, so it can safely be retried.
    pub fn changed_nothing(&self) -> bool {
        self.0.delivery.changed_nothing()
    }

    /// Returns the HTTP status, if the server responded.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// Returns the server's own error code, such as `InvalidObject`.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// Returns what went wrong, in one sentence.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns the errors of individual arguments or fields.
    pub fn fields(&self) -> &[FieldError] {
        &self.0.fields
    }

    /// Returns what to do next, in one sentence.
    pub fn next_step(&self) -> Option<&str> {
        self.0.next_step.as_deref()
    }

    /// Returns the method and the path template of the request, without any values: `GET /orders/{id}`.
    pub fn request(&self) -> Option<&str> {
        self.0.request.as_deref()
    }

    /// Returns the server's request ID, which its support may ask for.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// Returns how long to wait before the next attempt, if the server reported it.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after.map(Duration::from_secs)
    }

    /// Returns the rate limit's state, as far as the server reported it.
    pub fn rate_limit(&self) -> RateLimit {
        self.0.rate_limit
    }

    /// Returns the response body, if there was one: JSON unchanged, anything else as text, and only the beginning of a
    /// long body. The client's credentials are redacted. The body isn't part of [`to_json`](Self::to_json).
    pub fn raw_response(&self) -> Option<&Value> {
        self.0.raw_response.as_ref()
    }

    /// Decodes the response body as a `T`, such as the model named in an operation's documentation. Returns `None` if
    /// there was no such body.
    pub fn response_as<T: DeserializeOwned>(&self) -> Option<T> {
        T::deserialize(self.raw_response()?).ok()
    }

    /// Returns the error as JSON. Every property is always present; unknown values are `null`.
    pub fn to_json(&self) -> Value {
        let fields: Vec<Value> = self.fields().iter().map(FieldError::to_json).collect();
        json!({"error": {
            "kind": self.kind().as_str(),
            "status": self.status(),
            "code": self.code(),
            "message": self.message(),
            "fields": fields,
            "next_step": self.next_step(),
            "request": self.request(),
            "request_id": self.request_id(),
            "retry_after": self.0.retry_after,
            "rate_limit": self.rate_limit().to_json(),
        }})
    }
}

/// Formats the error on one line: the request, the status, the message, and every field error.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(request) = self.request() {
            write!(f, "{request}: ")?;
        }
        if let Some(status) = self.status() {
            write!(f, "{status} ")?;
        }
        if let Some(code) = self.code() {
            write!(f, "{} ", one_line(code))?;
        }
        f.write_str(&one_line(self.message()))?;
        for (index, field) in self.fields().iter().enumerate() {
            let before = if index == 0 { " (" } else { "; " };
            write!(f, "{before}{}: {}", one_line(&field.pointer), one_line(&field.message))?;
        }
        if !self.fields().is_empty() {
            f.write_str(")")?;
        }
        Ok(())
    }
}

/// Replaces control characters: a server's message may contain line breaks, but a log line must not.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Shows all known parts. The response body is left out, because it may contain anything.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let data = &*self.0;
        let mut parts = f.debug_struct("Error");
        parts.field("kind", &data.kind).field("delivery", &data.delivery);
        let mut part = |name: &str, value: Option<&dyn fmt::Debug>| {
            if let Some(value) = value {
                parts.field(name, value);
            }
        };
        part("request", data.request.as_ref().map(|text| text as _));
        part("status", data.status.as_ref().map(|status| status as _));
        part("code", data.code.as_ref().map(|text| text as _));
        part("message", Some(&data.message));
        part("fields", (!data.fields.is_empty()).then_some(&data.fields as _));
        part("next_step", data.next_step.as_ref().map(|text| text as _));
        part("request_id", data.request_id.as_ref().map(|text| text as _));
        part("retry_after", self.retry_after().as_ref().map(|wait| wait as _));
        part("rate_limit", (!data.rate_limit.is_empty()).then_some(&data.rate_limit as _));
        part("source", data.source.as_ref().map(|source| source as _));
        parts.finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
