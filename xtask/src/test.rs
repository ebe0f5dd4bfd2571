//! `cargo xtask test`: everything that CI tests, in one command.

use std::process::{Command, ExitCode};

/// Runs the tests of the workspace; the exit code is that of the first that failed.
pub fn run() -> ExitCode {
    let status = Command::new(env!("CARGO")).args(["test", "--workspace"]).status();
    match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("cargo could not be started: {error}");
            ExitCode::FAILURE
        }
    }
}
