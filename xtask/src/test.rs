//! `cargo xtask test`: everything that CI tests, in one command.

use std::process::{Command, ExitCode};

/// What can be set.
#[derive(clap::Args)]
pub struct Arguments {
    /// Leave out what needs node or python.
    #[arg(long)]
    rust_only: bool,
}

/// Runs the tests of the workspace; the exit code is that of the first that failed.
pub fn run(arguments: &Arguments) -> ExitCode {
    if arguments.rust_only {
        eprintln!("note: all tests so far need Rust alone; nothing is left out");
    }
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
