//! Errors of callbacks.

use std::fmt;

/// The reason why a callback was rejected. Details are logged, but not returned to the sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WebhookError {
    /// The account does not exist or has no webhooks.
    UnknownAccount,
    /// The header with the signature is missing.
    Unsigned,
    /// The body is not that of a callback.
    Malformed(String),
    /// The body is too large.
    TooLarge,
    /// The key URL is not one of the account.
    Foreign(&'static str),
    /// The account's host has no such key.
    NoKey(String),
    /// The signature does not match the body and the key.
    WrongSignature,
    /// The callback was accepted before.
    Replay,
    /// The same callback is being stored at this moment.
    UnderWay,
    /// The account's host did not return the key.
    KeyUnavailable(String),
    /// Too many unknown keys were requested.
    Busy,
    /// The callback could not be stored.
    NotStored(String),
}

impl WebhookError {
    /// Returns the error as the value of a metric label.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::UnknownAccount => "unknown_account",
            Self::Unsigned => "unsigned",
            Self::Malformed(_) => "malformed",
            Self::TooLarge => "too_large",
            Self::Foreign(_) => "foreign_key",
            Self::NoKey(_) => "no_key",
            Self::WrongSignature => "wrong_signature",
            Self::Replay => "replay",
            Self::UnderWay => "under_way",
            Self::KeyUnavailable(_) => "key_unavailable",
            Self::Busy => "busy",
            Self::NotStored(_) => "not_stored",
        }
    }

    /// Returns true if and only if a retry of the same callback may succeed.
    pub fn may_pass_later(&self) -> bool {
        matches!(self, Self::UnderWay | Self::KeyUnavailable(_) | Self::Busy | Self::NotStored(_))
    }
}

impl fmt::Display for WebhookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownAccount => f.write_str("unknown account, or an account without webhooks"),
            Self::Unsigned => write!(f, "missing header {}", super::signature::HEADER),
            Self::Malformed(why) => write!(f, "invalid callback: {why}"),
            Self::TooLarge => f.write_str("the body is too large"),
            Self::Foreign(why) => f.write_str(why),
            Self::NoKey(why) => write!(f, "the account's host has no such signing key: {why}"),
            Self::WrongSignature => f.write_str("invalid signature"),
            Self::Replay => f.write_str("already accepted"),
            Self::UnderWay => f.write_str("the same callback is being processed"),
            Self::KeyUnavailable(why) => {
                write!(f, "cannot fetch the signing key from the account's host: {why}")
            }
            Self::Busy => f.write_str("too many requests for unknown signing keys"),
            Self::NotStored(why) => write!(f, "cannot store the callback: {why}"),
        }
    }
}
