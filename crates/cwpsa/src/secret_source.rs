//! Loads secrets from an environment variable, a file, the settings file itself, or a command that queries the system's
//! keyring or a vault. Warns about world-readable files.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::environment::Environment;

/// The reason why a secret can't be obtained. No message contains a secret or a command's arguments.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// A variable specified in the settings file isn't set.
    #[error("the environment variable {0}, which the settings file refers to, is not set")]
    MissingVariable(String),
    /// A file can't be read.
    #[error("{}: {source}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A command failed or printed nothing.
    #[error("the command {program} returned no secret: {reason}")]
    Command {
        /// The program.
        program: String,
        /// The cause.
        reason: String,
    },
}

/// The locations of a secret in the settings file.
#[derive(Clone, Copy, Default)]
pub struct SecretLocations<'a> {
    /// In the settings file itself.
    pub inline: Option<&'a str>,
    /// In a variable with this name.
    pub variable: Option<&'a str>,
    /// In a file.
    pub file: Option<&'a Path>,
    /// In the output of this command.
    pub command: &'a [String],
}

/// Obtains a secret: from the variable, from a file specified by a flag, or else from the location in the settings
/// file.
///
/// # Errors
/// Returns an error if a configured location can't be read.
pub fn find(
    environment: &Environment,
    variable: &str,
    file: Option<&Path>,
    locations: SecretLocations<'_>,
) -> Result<Option<String>, SecretError> {
    if let Some(text) = environment.get(variable) {
        return Ok(Some(text.to_owned()));
    }
    if let Some(path) = file {
        return read_file(path).map(Some);
    }
    if let Some(inline) = locations.inline {
        return Ok(Some(inline.to_owned()));
    }
    if let Some(name) = locations.variable {
        return named_variable(environment, name).map(Some);
    }
    if let Some(path) = locations.file {
        return read_file(path).map(Some);
    }
    match locations.command {
        [] => Ok(None),
        [program, arguments @ ..] => run_command(program, arguments).map(Some),
    }
}

/// Returns the value of a variable specified in the settings file.
///
/// # Errors
/// Returns an error if it isn't set.
pub fn named_variable(environment: &Environment, name: &str) -> Result<String, SecretError> {
    let value = environment.get(name).map(str::to_owned);
    value.ok_or_else(|| SecretError::MissingVariable(name.to_owned()))
}

fn read_file(path: &Path) -> Result<String, SecretError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| SecretError::File { path: path.to_owned(), source })?;
    warn_if_exposed(path);
    Ok(text.trim().to_owned())
}

/// Returns a command's output. The command line isn't interpreted by a shell.
fn run_command(program: &str, arguments: &[String]) -> Result<String, SecretError> {
    let failed = |reason: String| SecretError::Command { program: program.to_owned(), reason };
    // The command may prompt for a password on the terminal, so stderr is inherited.
    let output = Command::new(program)
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        return Err(failed(output.status.to_string()));
    }
    let text =
        String::from_utf8(output.stdout).map_err(|_| failed("its output is not valid UTF-8".to_owned()))?;
    match text.trim() {
        "" => Err(failed("its output is empty".to_owned())),
        text => Ok(text.to_owned()),
    }
}

/// Returns true if a file is world-readable.
pub fn is_exposed(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o004 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}

/// Logs a warning if a file with secrets is world-readable.
pub fn warn_if_exposed(path: &Path) {
    if is_exposed(path) {
        tracing::warn!(
            "the secrets in {} are readable by all users on this machine; restrict access with chmod 600",
            path.display()
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(command: &[&str]) -> Result<Option<String>, SecretError> {
        let command: Vec<String> = command.iter().map(|word| (*word).to_owned()).collect();
        find(
            &Environment::default(),
            "CWPSA_NO_SUCH_VARIABLE",
            None,
            SecretLocations { command: &command, ..SecretLocations::default() },
        )
    }

    #[cfg(unix)]
    #[test]
    fn secret_command_returns_the_secret_or_an_error() {
        assert_eq!(by(&["printf", " of the keyring\n"]).unwrap().as_deref(), Some("of the keyring"));
        assert_eq!(by(&[]).unwrap(), None);
        for (command, said) in [
            (&["/nowhere/at-all", "hush"][..], "No such file"),
            (&["false", "hush"], "exit status"),
            (&["true", "hush"], "output is empty"),
        ] {
            let error = by(command).unwrap_err().to_string();
            assert!(error.contains(said) && !error.contains("hush"), "{error}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn world_readable_file_is_detected() {
        use std::os::unix::fs::PermissionsExt;
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "hush\n").unwrap();
        assert!(!is_exposed(file.path()));
        std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(is_exposed(file.path()));
        assert_eq!(
            find(
                &Environment::default(),
                "CWPSA_NO_SUCH_VARIABLE",
                Some(file.path()),
                SecretLocations::default()
            )
            .unwrap()
            .as_deref(),
            Some("hush")
        );
    }
}
