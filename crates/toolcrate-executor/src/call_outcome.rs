//! The outcome of a call, as reported in metrics, logs and the audit log.

use toolcrate_runtime::Error;

/// The outcome of a call, for metrics, logs and the audit log.
#[derive(Clone, Copy, Debug)]
pub enum CallOutcome<'a> {
    /// The API responded with this HTTP status.
    Success(u16),
    /// The call failed.
    Error(&'a Error),
    /// The caller disconnected before the result was known.
    Canceled,
}

impl CallOutcome<'_> {
    /// Returns `ok`, the error kind, or `canceled`.
    pub fn as_str(self) -> &'static str {
        self.error_type().unwrap_or("ok")
    }

    /// Returns the error kind or `canceled`, or `None` if the call succeeded.
    pub fn error_type(self) -> Option<&'static str> {
        match self {
            Self::Success(_) => None,
            Self::Error(error) => Some(error.kind().as_str()),
            Self::Canceled => Some("canceled"),
        }
    }

    /// Returns the HTTP status of the API's response, if there was one.
    pub fn status(self) -> Option<u16> {
        match self {
            Self::Success(status) => Some(status),
            Self::Error(error) => error.status(),
            Self::Canceled => None,
        }
    }
}
