//! Runs other programs.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, bail};

/// Returns the workspace root.
pub(crate) fn workspace_root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Returns a command that runs cargo in the workspace root.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace_root());
    command
}

/// Runs a command to completion. Any failure is an error.
pub(crate) fn finish(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| start_failure(command))?;
    if !status.success() {
        bail!("{}: {status}", line(command));
    }
    Ok(())
}

/// Runs a command and returns its stdout. Any failure is an error with its stderr.
pub(crate) fn output(command: &mut Command) -> anyhow::Result<Vec<u8>> {
    let output = command.output().with_context(|| start_failure(command))?;
    if !output.status.success() {
        let printed = String::from_utf8_lossy(&output.stderr);
        let result = String::from_utf8_lossy(&output.stdout);
        bail!("{}: {}\n{}{}", line(command), output.status, result.trim(), printed.trim());
    }
    Ok(output.stdout)
}

/// Returns a command's stdout, as text without surrounding whitespace.
pub(crate) fn output_text(command: &mut Command) -> anyhow::Result<String> {
    Ok(String::from_utf8(output(command)?)?.trim().to_owned())
}

fn start_failure(command: &Command) -> String {
    format!("cannot start {}", command.get_program().display())
}

/// Returns the command as a person would type it.
pub(crate) fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}
