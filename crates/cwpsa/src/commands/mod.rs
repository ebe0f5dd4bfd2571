//! The commands, a module each.

mod call;
pub mod describe;
mod doctor;
pub mod find;
mod tools;

use std::process::ExitCode;

use clap::CommandFactory;

use crate::cli::{Arguments, Command};
use crate::output::Failure;

/// Runs a command and gives the exit code.
pub async fn run(arguments: Arguments) -> ExitCode {
    // Who serves is watched; who calls once sees what comes of it.
    let level = match arguments.command {
        Command::Mcp(_) | Command::Serve(_) => "warn,rmcp=error,cwpsa=info",
        _ => "warn",
    };
    if let Err(failure) = crate::logs::start(arguments.log, level) {
        failure.tell();
        return ExitCode::from(failure.exit_code());
    }
    let result = match arguments.command {
        Command::Tools(arguments) => tools::run(&arguments),
        Command::Search(arguments) => find::run(&arguments),
        Command::Describe(arguments) => describe::run(&arguments).await,
        Command::Call(arguments) => call::run(&arguments).await,
        Command::Mcp(arguments) => crate::mcp::run(&arguments).await,
        Command::Serve(arguments) => crate::http::run(&arguments).await,
        Command::Sandbox(arguments) => cwpsa_sandbox::command::run(&arguments)
            .await
            .map_err(|error| Failure::Usage(format!("the sandbox could not run: {error}"))),
        Command::Doctor(arguments) => doctor::run(&arguments).await,
        Command::Completions { shell } => {
            // It would panic at a reader who reads a few lines.
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "cwpsa", &mut script);
            crate::output::print(&script)
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.tell();
            ExitCode::from(failure.exit_code())
        }
    }
}

/// The tool called `name`, with a suggestion where there is none.
fn tool(name: &str) -> Result<connectwise_psa::runtime::Tool, Failure> {
    Ok(connectwise_psa::CATALOG.resolve(name)?)
}
