//! `cargo xtask test`: runs all tests with one command.

use std::process::{Command, ExitCode};

use crate::clients::process::finish;
use crate::{clients, corpus};

#[derive(clap::Args)]
pub(crate) struct TestArguments {
    /// Check the golden specs by an independent validator, and run the tests of other vendors' clients and frameworks,
    /// instead. They need Node.js, Python, npm and PyPI.
    #[arg(long)]
    clients: bool,
}

/// Runs the tests. Exit code 1: a test failed, or a required program is missing.
pub(crate) fn run(arguments: &TestArguments) -> ExitCode {
    let result = match arguments.clients {
        true => corpus::check_golden().and_then(|()| clients::run()),
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
