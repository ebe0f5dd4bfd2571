//! `cargo xtask test`: runs all tests with one command.

use std::process::{Command, ExitCode};

use crate::clients::{self, process::finish};

#[derive(clap::Args)]
pub(crate) struct TestArguments {
    /// Instead, run the tests against third-party clients and frameworks. They require Node.js, Python, and access to
    /// npm and PyPI.
    #[arg(long)]
    clients: bool,
}

/// Runs the tests. Exit code 1: a test failed, or a required program is missing.
pub(crate) fn run(arguments: &TestArguments) -> ExitCode {
    let result = match arguments.clients {
        true => clients::run(),
        false => workspace(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message:#}");
            ExitCode::FAILURE
        }
    }
}

fn workspace() -> anyhow::Result<()> {
    finish(Command::new(env!("CARGO")).args(["test", "--workspace"]))
}
