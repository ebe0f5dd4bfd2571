//! Runs Node.js and Python programs.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::anyhow;

/// Installs the packages in a lock file without running their scripts.
pub(crate) const NPM_INSTALL: [&str; 5] = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"];

/// Returns the Python interpreter of a virtual environment with the packages in the folder's lock file.
pub(crate) fn python_environment(folder: &Path, environment: &Path) -> anyhow::Result<PathBuf> {
    finish(Command::new("python3").args(["-m", "venv"]).arg(environment))?;
    let python = environment.join(if cfg!(windows) { "Scripts" } else { "bin" }).join("python");
    let install = ["-m", "pip", "install", "--quiet", "--require-hashes", "-r", "requirements.txt"];
    finish(Command::new(&python).args(install).current_dir(folder))?;
    Ok(python)
}

/// Runs a command to completion. Any failure is an error.
pub(crate) fn finish(command: &mut Command) -> anyhow::Result<()> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(anyhow!("{command:?}: {status}")),
        Err(error) => Err(anyhow!(
            "cannot start {}: {error}; the tours need node 20 or newer with npm, and python 3.11 or newer",
            command.get_program().display()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_is_an_error_that_names_what_to_install() {
        let message = finish(Command::new("no-such-program").arg("ci")).unwrap_err().to_string();
        assert!(message.starts_with("cannot start no-such-program: "), "{message}");
        assert!(
            message.ends_with("the tours need node 20 or newer with npm, and python 3.11 or newer"),
            "{message}"
        );
        assert_eq!(finish(&mut Command::new("false")).unwrap_err().to_string(), "\"false\": exit status: 1");
    }
}
