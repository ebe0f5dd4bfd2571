//! `cargo xtask test`: everything that CI tests, in one command.

use std::process::{Command, ExitCode};

/// What can be set.
#[derive(clap::Args)]
pub struct Arguments {
    /// Leave out what needs node or python.
    #[arg(long)]
    rust_only: bool,
    /// Make the tours with clients for node and python alone.
    #[arg(long, conflicts_with = "rust_only")]
    clients_only: bool,
}

/// Runs the tests of the workspace, then the clients that others wrote; the exit code is that of the first
/// that failed.
pub fn run(arguments: &Arguments) -> ExitCode {
    if !arguments.clients_only && !workspace() {
        return ExitCode::FAILURE;
    }
    if arguments.rust_only {
        eprintln!("note: the tours of the sandbox with clients for node and python are left out");
        return ExitCode::SUCCESS;
    }
    match crate::clients::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the tests of the workspace; says whether all passed.
fn workspace() -> bool {
    match Command::new(env!("CARGO")).args(["test", "--workspace"]).status() {
        Ok(status) => status.success(),
        Err(error) => {
            eprintln!("cargo could not be started: {error}");
            false
        }
    }
}
