//! Where a secret comes from: a variable, a file, the settings file itself, or a command that asks the system's keyring
//! or a vault. Files that everyone on the machine can read are told of.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::error::CliError;

/// Where the settings file keeps a secret.
#[derive(Clone, Copy, Default)]
pub struct SecretLocations<'a> {
    /// In itself.
    pub own: Option<&'a str>,
    /// In a variable of this name.
    pub variable: Option<&'a str>,
    /// In a file.
    pub file: Option<&'a Path>,
    /// Where this command, with its arguments, gets it from: it prints it.
    pub command: &'a [String],
}

/// A secret: from the variable, from the file that a flag names, then as the settings file says.
///
/// # Errors
/// What could not be read.
pub fn find(
    variable: &str,
    file: Option<&Path>,
    kept: SecretLocations<'_>,
) -> Result<Option<String>, CliError> {
    if let Some(text) = of_variable(variable) {
        return Ok(Some(text));
    }
    if let Some(path) = file {
        return of_file(path).map(Some);
    }
    if let Some(own) = kept.own {
        return Ok(Some(own.to_owned()));
    }
    if let Some(name) = kept.variable {
        return named_variable(name).map(Some);
    }
    if let Some(path) = kept.file {
        return of_file(path).map(Some);
    }
    match kept.command {
        [] => Ok(None),
        [program, arguments @ ..] => of_command(program, arguments).map(Some),
    }
}

fn of_variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

/// What is in a variable that the settings file names.
///
/// # Errors
/// It is not set.
pub fn named_variable(name: &str) -> Result<String, CliError> {
    of_variable(name).ok_or_else(|| {
        CliError::Usage(format!("the settings file names the variable {name}, which is not set"))
    })
}

fn of_file(path: &Path) -> Result<String, CliError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| CliError::Usage(format!("{}: {error}", path.display())))?;
    warn(path);
    Ok(text.trim().to_owned())
}

/// What the command prints. No shell reads it, and its arguments are not told, as they may name what is secret too.
fn of_command(program: &str, arguments: &[String]) -> Result<String, CliError> {
    let failed = |why: String| CliError::Usage(format!("the command {program} gave no secret: {why}"));
    // It may ask for a password on the terminal, so it keeps that.
    let output = Command::new(program)
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        return Err(failed(output.status.to_string()));
    }
    let text = String::from_utf8(output.stdout).map_err(|_| failed("it printed no text".to_owned()))?;
    match text.trim() {
        "" => Err(failed("it printed nothing".to_owned())),
        text => Ok(text.to_owned()),
    }
}

/// Whether everyone on the machine can read a file.
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

/// Warns of a file with secrets that everyone can read.
pub fn warn(path: &Path) {
    if is_exposed(path) {
        tracing::warn!("everyone on this machine can read the secrets in {}: chmod 600 it", path.display());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(command: &[&str]) -> Result<Option<String>, CliError> {
        let command: Vec<String> = command.iter().map(|word| (*word).to_owned()).collect();
        find(
            "CWPSA_NO_SUCH_VARIABLE",
            None,
            SecretLocations { command: &command, ..SecretLocations::default() },
        )
    }

    #[cfg(unix)]
    #[test]
    fn a_command_gives_a_secret_or_says_why_not() {
        assert_eq!(by(&["printf", " of the keyring\n"]).unwrap().as_deref(), Some("of the keyring"));
        assert_eq!(by(&[]).unwrap(), None);
        for (command, said) in [
            (&["/nowhere/at-all", "hush"][..], "No such file"),
            (&["false", "hush"], "exit status"),
            (&["true", "hush"], "printed nothing"),
        ] {
            let error = by(command).unwrap_err().to_string();
            assert!(error.contains(said) && !error.contains("hush"), "{error}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_for_everyone_is_known() {
        use std::os::unix::fs::PermissionsExt;
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "hush\n").unwrap();
        assert!(!is_exposed(file.path()));
        std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(is_exposed(file.path()));
        assert_eq!(
            find("CWPSA_NO_SUCH_VARIABLE", Some(file.path()), SecretLocations::default()).unwrap().as_deref(),
            Some("hush")
        );
    }
}
