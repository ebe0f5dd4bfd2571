//! Errors for callbacks that are rejected or can't be verified.

use http::StatusCode;

use crate::key_url::KeyUrlError;
use crate::signing_key::SIGNATURE_HEADER;

/// The reason why a callback was rejected. The message contains no part of the callback.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallbackError {
    /// The signature header is missing.
    #[error("missing header {SIGNATURE_HEADER}")]
    Unsigned,
    /// The body isn't a callback.
    #[error("invalid callback: {0}")]
    Malformed(String),
    /// The key URL doesn't belong to the account.
    #[error(transparent)]
    ForeignKey(#[from] KeyUrlError),
    /// The account's host has no such key.
    #[error("the account's host doesn't have this signing key: {0}")]
    NoKey(String),
    /// The signature doesn't match the body and the key.
    #[error("invalid signature")]
    WrongSignature,
    /// The callback has already been accepted.
    #[error("this callback was already received")]
    Replay,
    /// The account's host did not return the key.
    #[error("can't fetch the signing key from the account's host: {0}")]
    KeyUnavailable(String),
    /// Too many unknown keys were requested.
    #[error("too many requests for unknown signing keys")]
    Busy,
}

impl CallbackError {
    /// Returns a short name for logs and metrics, such as `wrong_signature`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unsigned => "unsigned",
            Self::Malformed(_) => "malformed",
            Self::ForeignKey(_) => "foreign_key",
            Self::NoKey(_) => "no_key",
            Self::WrongSignature => "wrong_signature",
            Self::Replay => "replay",
            Self::KeyUnavailable(_) => "key_unavailable",
            Self::Busy => "busy",
        }
    }

    /// Returns true if and only if retrying the same callback may succeed.
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::KeyUnavailable(_) | Self::Busy)
    }

    /// Returns the status to respond with: 429 if ConnectWise should send the callback again (it doesn't retry after
    /// a 5xx), 200 for a callback that was already received, and otherwise 400 or 401.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::KeyUnavailable(_) | Self::Busy => StatusCode::TOO_MANY_REQUESTS,
            Self::Replay => StatusCode::OK,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::Unsigned | Self::ForeignKey(_) | Self::NoKey(_) | Self::WrongSignature => {
                StatusCode::UNAUTHORIZED
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_temporary_errors_have_a_status_that_is_retried() {
        for error in [
            CallbackError::Unsigned,
            CallbackError::Malformed("x".to_owned()),
            CallbackError::ForeignKey(KeyUrlError::Host),
            CallbackError::NoKey("x".to_owned()),
            CallbackError::WrongSignature,
            CallbackError::Replay,
            CallbackError::KeyUnavailable("x".to_owned()),
            CallbackError::Busy,
        ] {
            // The statuses after which ConnectWise retries.
            let is_retried = [404, 409, 419, 429].contains(&error.status().as_u16());
            assert_eq!(is_retried, error.is_temporary(), "{error}");
        }
    }
}
