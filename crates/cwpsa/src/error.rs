//! The error with which a command fails, and the exit code for it.

use std::io;

use connectwise_psa::runtime::{Error, ErrorKind};

use crate::secret_source::SecretError;
use crate::settings::error::SettingsError;

/// The reason why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// Flags, settings or arguments are invalid (exit code 2).
    #[error("{0}")]
    Usage(String),
    /// The settings can't be used (exit code 2).
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A call failed (exit code 1 to 3, depending on its kind).
    #[error(transparent)]
    Api(#[from] Error),
    /// The local machine can't do what is needed, such as listen on a port that is already in use (exit code 4).
    #[error("{0}")]
    Local(String),
    /// The result could not be written to stdout (exit code 4).
    #[error("can't write the result to stdout: {0}")]
    StdoutClosed(#[source] io::Error),
    /// The error has already been reported; this is its exit code.
    #[error("already reported")]
    AlreadyReported(u8),
}

impl From<SecretError> for CliError {
    fn from(error: SecretError) -> Self {
        Self::Settings(error.into())
    }
}

impl CliError {
    /// Returns 1 if the API rejected the call, 2 for invalid usage or arguments, 3 if the server can't be reached, and
    /// 4 for a local failure.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) | Self::Settings(_) => 2,
            Self::AlreadyReported(code) => *code,
            Self::Local(_) | Self::StdoutClosed(_) => 4,
            Self::Api(error) => match error.kind() {
                ErrorKind::InvalidArguments | ErrorKind::UnknownTool | ErrorKind::Configuration => 2,
                ErrorKind::Unreachable | ErrorKind::Timeout => 3,
                ErrorKind::OutcomeUnknown if error.status().is_none_or(|status| status < 300) => 3,
                _ => 1,
            },
        }
    }

    /// Turns a usage or settings error into a call error, because programs expect all errors in that format.
    #[must_use]
    pub fn into_call_error(self, kind: ErrorKind) -> Self {
        match self {
            Self::Usage(message) => Self::Api(Error::new(kind, message)),
            Self::Settings(error) => Self::Api(Error::new(kind, error.to_string())),
            other => other,
        }
    }
}
