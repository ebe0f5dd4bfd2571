//! The kinds of errors.

use std::fmt;

/// What kind of failure an error is.
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
    /// Returns the name of the kind in JSON, such as `invalid_arguments`.
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
