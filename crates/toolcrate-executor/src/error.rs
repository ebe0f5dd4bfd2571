//! Why a tool wasn't run, or how it failed.

use toolcrate_runtime::{Error, ErrorKind};

use crate::approval::ApprovalError;
use crate::audit::AuditError;

/// Why a tool wasn't run, or how it failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExecuteError {
    /// The tool isn't offered.
    #[error("{0} is not among the tools that this server offers")]
    NotOffered(&'static str),
    /// The audit log can't be written.
    #[error("calls can't be written down at the moment, so none is made")]
    NotAudited(#[source] AuditError),
    /// The call needs an approval and has none.
    #[error(transparent)]
    Approval(Box<ApprovalError>),
    /// The call failed.
    #[error(transparent)]
    Failed(Box<Error>),
}

impl ExecuteError {
    /// Returns true if and only if the call certainly wasn't made, so that it can be repeated without harm.
    pub fn was_not_made(&self) -> bool {
        match self {
            Self::Failed(error) => was_not_made(error),
            _ => true,
        }
    }
}

/// Returns true if and only if a call that failed certainly wasn't made.
pub(crate) fn was_not_made(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::InvalidArguments
            | ErrorKind::UnknownTool
            | ErrorKind::Configuration
            | ErrorKind::Unreachable
            | ErrorKind::Unauthorized
            | ErrorKind::RateLimited
    )
}
