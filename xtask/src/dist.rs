//! Runs the packaging program, which is a separate crate so that other commands don't have to compile it.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

/// Arguments that are passed on.
#[derive(clap::Args)]
pub(crate) struct ForwardedArguments {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGUMENTS")]
    arguments: Vec<OsString>,
}

/// Runs a subcommand of `xtask-dist`, and returns its exit code.
pub(crate) fn run(subcommand: &str, forwarded: &ForwardedArguments) -> ExitCode {
    let program = ["run", "--quiet", "--profile", "xtask", "--package", "xtask-dist", "--", subcommand];
    let status = Command::new(env!("CARGO")).args(program).args(&forwarded.arguments).status();
    match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: can't start cargo: {error}");
            ExitCode::FAILURE
        }
    }
}
