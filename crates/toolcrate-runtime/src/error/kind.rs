//! The kinds of errors.

use std::fmt;

/// The kind of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Arguments or parameters are invalid; nothing was sent.
    InvalidArguments,
    /// The tool doesn't exist; nothing was sent.
    UnknownTool,
    /// The client configuration is invalid.
    Configuration,
    /// The server could not be reached, or closed the connection before it responded to a read.
    Unreachable,
    /// A read timed out.
    Timeout,
    /// A write was sent, and its outcome is unknown: the response was lost, is a redirect or a server failure (5xx), or
    /// can't be read. The write may or may not have taken effect.
    OutcomeUnknown,
    /// The server rejected the credentials (401).
    Unauthorized,
    /// The credentials don't allow this (403).
    Forbidden,
    /// The record or the path doesn't exist (404, 410).
    NotFound,
    /// The record is in a state that doesn't allow this (409, 412).
    Conflict,
    /// The server rejected the request (other 4xx).
    Rejected,
    /// Too many requests (429).
    RateLimited,
    /// The server failed during a read (5xx).
    Server,
    /// The response is JSON, but it has an unexpected structure or is truncated.
    Decode,
    /// The response is larger than the client accepts.
    TooLarge,
    /// The response isn't JSON.
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
