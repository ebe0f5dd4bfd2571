//! The one error of this crate: what went wrong, what the server said, what to do next. It has one JSON form,
//! which tools hand to a model as it is, and never holds a secret or the values of a query.

mod delivery;
mod make;
mod upstream;

use std::fmt;

use serde_json::{Value, json};

use crate::RateLimit;

pub use delivery::Delivery;
pub(crate) use make::{Lost, OUTCOME_UNKNOWN};
pub(crate) use upstream::{is_html, is_web_page, title};

/// What kind of thing went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Arguments or parameters are wrong; nothing was sent.
    InvalidArguments,
    /// There is no tool of this name; nothing was sent.
    UnknownTool,
    /// The client is set up in a way that can't work.
    Configuration,
    /// The server could not be reached, or hung up before a read was answered.
    Unreachable,
    /// A read was not answered in time.
    Timeout,
    /// A write was sent and no clear answer came: it was lost, is a redirect, a failure of the server (5xx), or can't be
    /// read. It may have taken effect or not.
    OutcomeUnknown,
    /// The server does not accept the credentials (401).
    Unauthorized,
    /// The credentials don't allow this (403).
    Forbidden,
    /// There is no such record or path (404, 410).
    NotFound,
    /// The record is in a state that doesn't allow this (409, 412).
    Conflict,
    /// The server rejected the request (other 4xx).
    Rejected,
    /// Too many requests (429).
    RateLimited,
    /// The server failed to answer a read (5xx).
    Server,
    /// The answer is JSON, but not of the expected shape, or is cut off.
    Decode,
    /// The answer is bigger than the client takes.
    TooLarge,
    /// The answer is not JSON.
    NotJson,
}

impl ErrorKind {
    /// The kind in JSON: `invalid_arguments` and so on.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidArguments => "invalid_arguments",
            Self::UnknownTool => "unknown_tool",
            Self::Configuration => "configuration",
            Self::Unreachable => "unreachable",
            Self::Timeout => "timeout",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Rejected => "rejected",
            Self::RateLimited => "rate_limited",
            Self::Server => "server",
            Self::Decode => "decode",
            Self::TooLarge => "too_large",
            Self::NotJson => "not_json",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What is wrong with one argument or member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// JSON pointer to it, from the arguments or from the body; for one that is missing, where it would be.
    pub pointer: String,
    /// What is wrong in one word: `missing`, `unknown`, `type`, `enum` and so on, or the server's own code.
    pub code: String,
    /// A sentence to act on.
    pub message: String,
}

impl FieldError {
    /// A new one.
    pub fn new(pointer: impl Into<String>, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code: code.into(), message: message.into() }
    }
}

/// What went wrong. See the [kinds](ErrorKind).
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    status: Option<u16>,
    code: Option<String>,
    message: String,
    fields: Vec<FieldError>,
    next_step: Option<String>,
    request: Option<String>,
    request_id: Option<String>,
    retry_after: Option<u64>,
    rate_limit: RateLimit,
    raw_response: Option<Value>,
    delivery: Delivery,
}

impl Error {
    /// What kind of thing went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// How far the request got. Unless whoever made the error knows better, it is [`Delivery::Unknown`].
    pub fn delivery(&self) -> Delivery {
        self.0.delivery
    }

    /// Returns true if and only if the call certainly changed nothing, so that it can be made again without harm.
    pub fn changed_nothing(&self) -> bool {
        self.0.delivery.changed_nothing()
    }

    /// The HTTP status, if the server answered.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The server's own code, such as `InvalidObject`.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// What went wrong, in a sentence.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What is wrong with single arguments or members.
    pub fn fields(&self) -> &[FieldError] {
        &self.0.fields
    }

    /// What to do next, in a sentence.
    pub fn next_step(&self) -> Option<&str> {
        self.0.next_step.as_deref()
    }

    /// The verb and the path template of the request, without any value: `GET /orders/{id}`.
    pub fn request(&self) -> Option<&str> {
        self.0.request.as_deref()
    }

    /// The server's name for the request, to be quoted to its support.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// In how many seconds to try again, if the server said so.
    pub fn retry_after(&self) -> Option<u64> {
        self.0.retry_after
    }

    /// The state of the rate limit, as far as the server told it.
    pub fn rate_limit(&self) -> RateLimit {
        self.0.rate_limit
    }

    /// The body of the server's answer, if it had one: JSON as it is, other things as text, and only the beginning of
    /// what is long. The client's own credentials are masked. It is not part of the one JSON form.
    pub fn raw_response(&self) -> Option<&Value> {
        self.0.raw_response.as_ref()
    }

    /// The one JSON form. Every member is always there; what is not known is `null`.
    pub fn to_json(&self) -> Value {
        let fields: Vec<Value> = self
            .fields()
            .iter()
            .map(|field| json!({"pointer": field.pointer, "code": field.code, "message": field.message}))
            .collect();
        json!({"error": {
            "kind": self.kind().as_str(),
            "status": self.status(),
            "code": self.code(),
            "message": self.message(),
            "fields": fields,
            "next_step": self.next_step(),
            "request": self.request(),
            "request_id": self.request_id(),
            "retry_after": self.retry_after(),
            "rate_limit": self.rate_limit().to_json(),
        }})
    }
}

/// One line: the request, the status, the message, and every single error.
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

/// What a server says may have line breaks, and a line of a log must not.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({}: {self})", self.kind())
    }
}

impl std::error::Error for Error {}
