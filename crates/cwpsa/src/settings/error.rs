//! Errors in settings.

use std::io;
use std::path::PathBuf;

use crate::secret_source::SecretError;

/// The reason why settings can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The settings file can't be read.
    #[error("{}: {source}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The settings file is malformed. The message contains no value, which may be a secret.
    #[error("{}, line {line}: {message}", .path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// The problem.
        message: String,
    },
    /// A setting has an invalid value.
    #[error("{origin}: {problem}")]
    Invalid {
        /// The flag, the variable, or the file and its key.
        origin: String,
        /// The expected and the actual value.
        problem: String,
    },
    /// The settings file has no account with this name.
    #[error("unknown account \"{name}\" (the settings file has {})", list(.known))]
    UnknownAccount {
        /// The name.
        name: String,
        /// The existing accounts.
        known: Vec<String>,
    },
    /// ConnectWise has no cloud server in this region.
    #[error("unknown region \"{region}\" (expected {})", .known.join(", "))]
    UnknownRegion {
        /// The region.
        region: String,
        /// The existing regions.
        known: Vec<&'static str>,
    },
    /// Parts of the account aren't set anywhere.
    #[error("no account configured; missing: {}; set them as shown or in the settings file, or use --sandbox", .missing.join(", "))]
    Incomplete {
        /// The missing settings, each with its flag and variable.
        missing: Vec<&'static str>,
    },
    /// A secret can't be obtained.
    #[error(transparent)]
    Secret(#[from] SecretError),
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
