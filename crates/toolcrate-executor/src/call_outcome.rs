//! How a call ended.

use toolcrate_runtime::Error;

/// How a call ended, for metrics, logs and the audit log.
#[derive(Clone, Copy, Debug)]
pub enum CallOutcome<'a> {
    /// The API answered with this HTTP status.
    Success(u16),
    /// The call failed.
    Error(&'a Error),
    /// The caller didn't wait for the result, so it isn't known.
    Canceled,
}

impl CallOutcome<'_> {
    /// `ok`, the kind of the error, or `canceled`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success(_) => "ok",
            Self::Error(error) => error.kind().as_str(),
            Self::Canceled => "canceled",
        }
    }

    /// The HTTP status of the API's response, if there was one.
    pub fn status(self) -> Option<u16> {
        match self {
            Self::Success(status) => Some(status),
            Self::Error(error) => error.status(),
            Self::Canceled => None,
        }
    }
}
