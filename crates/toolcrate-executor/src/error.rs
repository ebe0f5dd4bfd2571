//! Errors in calls. The variants distinguish whether a call may have changed data.

use toolcrate_runtime::{Delivery, Error, ErrorKind};

use crate::approval::ApprovalError;
use crate::audit::AuditError;

/// The reason why a call has no result.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError {
    /// The call was not sent, so nothing happened.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The API's rate limit is exhausted, so nothing happened. The call can be retried later.
    #[error(transparent)]
    RateLimited(Box<Error>),
    /// The call was sent and failed. [`ExecuteError::changed_nothing`] returns true if the API refused it.
    #[error(transparent)]
    Failed(Box<Error>),
    /// A write was sent, and it is unknown whether it took effect. It must not be retried without checking
    /// first.
    #[error(transparent)]
    OutcomeUnknown(Box<Error>),
}

/// The reason why a call was not sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// The tool isn't exposed.
    #[error("{0} is not exposed by this server")]
    NotOffered(&'static str),
    /// The call is invalid, or no request can be built from it.
    #[error(transparent)]
    Invalid(Box<Error>),
    /// The call requires an approval and has none.
    #[error(transparent)]
    Approval(Box<ApprovalError>),
    /// The audit log can't be written.
    #[error("the audit log is not writable; refusing to execute calls")]
    Audit(#[from] AuditError),
}

impl ExecuteError {
    /// Classifies an error of a call that was sent.
    pub(crate) fn from_sent(error: Error) -> Self {
        let error = Box::new(error);
        match (error.kind(), error.delivery()) {
            (ErrorKind::OutcomeUnknown, _) => Self::OutcomeUnknown(error),
            (ErrorKind::RateLimited, Delivery::Refused | Delivery::NotSent) => Self::RateLimited(error),
            (_, Delivery::NotSent) => Self::Rejected(Rejection::Invalid(error)),
            _ => Self::Failed(error),
        }
    }

    /// Returns true if and only if the call certainly changed nothing, so it can safely be retried.
    pub fn changed_nothing(&self) -> bool {
        match self {
            Self::Rejected(_) | Self::RateLimited(_) => true,
            Self::Failed(error) => error.changed_nothing(),
            Self::OutcomeUnknown(_) => false,
        }
    }

    /// Returns the runtime error, if the call failed because of one.
    pub fn runtime_error(&self) -> Option<&Error> {
        match self {
            Self::RateLimited(error)
            | Self::Failed(error)
            | Self::OutcomeUnknown(error)
            | Self::Rejected(Rejection::Invalid(error)) => Some(error),
            Self::Rejected(_) => None,
        }
    }

    /// Returns the approval error, if the call isn't approved.
    pub fn approval_error(&self) -> Option<&ApprovalError> {
        match self {
            Self::Rejected(Rejection::Approval(error)) => Some(error),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unsent_or_refused_calls_changed_nothing() {
        let error = Rejection::NotOffered("create_a_book");
        assert!(ExecuteError::from(error).changed_nothing());
        // An error with unknown delivery may have changed data.
        let error = Error::configuration("too many redirects");
        assert!(
            matches!(ExecuteError::from_sent(error), ExecuteError::Failed(error) if !error.changed_nothing())
        );
    }
}
