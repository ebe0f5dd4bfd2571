//! Errors for callbacks that are rejected.

use connectwise_callbacks::CallbackError;

/// The reason why a callback was rejected. Details are logged, but not returned to the sender.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// The account doesn't exist or has no webhooks.
    #[error("unknown account, or no webhooks are configured for it")]
    UnknownAccount,
    /// The callback is invalid, wasn't signed by the account, or has already been accepted.
    #[error(transparent)]
    Callback(#[from] CallbackError),
    /// The body is too large.
    #[error("the body is too large")]
    TooLarge,
    /// Too many large callbacks without a valid signature were received.
    #[error("too many large callbacks without a valid signature")]
    Busy,
    /// The same callback is currently being stored.
    #[error("this callback is already being processed")]
    UnderWay,
    /// The callback could not be stored.
    #[error("can't store the callback: {0}")]
    NotStored(String),
}

impl WebhookError {
    /// Returns the error as the value of a metric label.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::UnknownAccount => "unknown_account",
            Self::Callback(error) => error.code(),
            Self::TooLarge => "too_large",
            Self::Busy => "busy",
            Self::UnderWay => "under_way",
            Self::NotStored(_) => "not_stored",
        }
    }

    /// Returns true if and only if retrying the same callback may succeed.
    pub fn may_pass_later(&self) -> bool {
        match self {
            Self::Callback(error) => error.is_temporary(),
            Self::Busy | Self::UnderWay | Self::NotStored(_) => true,
            Self::UnknownAccount | Self::TooLarge => false,
        }
    }
}
