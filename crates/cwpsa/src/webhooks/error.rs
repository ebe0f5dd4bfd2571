//! Why a callback was not taken.

use std::fmt;

/// Why a callback was not taken. What is told to the log is not told to whoever sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WebhookError {
    /// There is no such account, or it takes no callbacks.
    UnknownAccount,
    /// The header with the signature is missing.
    Unsigned,
    /// The body is not that of a callback.
    Malformed(String),
    /// The body is too large.
    TooLarge,
    /// The key would be where the account's keys are not.
    Foreign(&'static str),
    /// The account's host has no such key.
    NoKey(String),
    /// The signature is not of this body, or not by this key.
    WrongSignature,
    /// It was taken before.
    Replay,
    /// The same one is being taken at this moment.
    UnderWay,
    /// The account's host did not give the key.
    KeyUnavailable(String),
    /// Too many keys were asked for.
    Busy,
    /// It could not be stored.
    NotStored(String),
}

impl WebhookError {
    /// One word for it, for those who count.
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

    /// Whether the same callback may be taken if it comes again.
    pub fn may_pass_later(&self) -> bool {
        matches!(self, Self::UnderWay | Self::KeyUnavailable(_) | Self::Busy | Self::NotStored(_))
    }
}

impl fmt::Display for WebhookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownAccount => f.write_str("there is no such account with webhooks"),
            Self::Unsigned => write!(f, "the header {} is missing", super::signature::HEADER),
            Self::Malformed(why) => write!(f, "the body is not that of a callback: {why}"),
            Self::TooLarge => f.write_str("a callback has no such body: it is too large"),
            Self::Foreign(why) => f.write_str(why),
            Self::NoKey(why) => write!(f, "the account's host has no such key: {why}"),
            Self::WrongSignature => f.write_str("the signature is not right"),
            Self::Replay => f.write_str("it was taken before"),
            Self::UnderWay => f.write_str("the same one is being taken"),
            Self::KeyUnavailable(why) => write!(f, "the account's host did not give the key: {why}"),
            Self::Busy => f.write_str("too many different keys were asked for"),
            Self::NotStored(why) => write!(f, "it could not be stored: {why}"),
        }
    }
}
