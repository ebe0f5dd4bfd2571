//! Implements the commands, with one module for each.

mod call;
mod describe;
mod doctor;
mod find_tool;
mod healthcheck;
mod mcp;
mod search;
mod tools;

use std::process::ExitCode;

use clap::CommandFactory;

use crate::cli::{Cli, Command, Invocation, report};
use crate::error::CliError;

/// Runs a command, reports its error and returns the exit code.
pub async fn run(invocation: Invocation) -> ExitCode {
    let Invocation { arguments, settings: loader } = invocation;
    // Servers log their activity; other commands print it.
    let default_level = match arguments.command {
        Command::Mcp(_) | Command::Serve(_) => {
            "warn,rmcp=error,cwpsa=info,toolcrate_executor=info,toolcrate_http=info,toolcrate_mcp=info"
        }
        _ => "warn",
    };
    let level = arguments.log_level.as_deref().unwrap_or(default_level);
    if let Err(error) = crate::logs::start(arguments.log_format, level) {
        report(&error);
        return ExitCode::from(error.exit_code());
    }
    let settings = loader.load().map_err(CliError::from);
    if let (Some(connection), Ok(settings)) = (arguments.command.connection(), &settings)
        && settings.values.sandbox
    {
        connection.ignored.log();
    }
    let result = match arguments.command {
        Command::Tools(arguments) => tools::run(&arguments),
        Command::Search(arguments) => search::run(&arguments),
        Command::Describe(arguments) => describe::run(&arguments, settings).await,
        Command::Call(arguments) => call::run(&arguments, settings).await,
        Command::Mcp(arguments) => match settings {
            Ok(settings) => mcp::run(&arguments, loader, &settings).await,
            Err(error) => Err(error),
        },
        Command::Serve(arguments) => match settings {
            Ok(settings) => crate::http::run(&arguments, loader, &settings).await,
            Err(error) => Err(error),
        },
        Command::Sandbox(arguments) => cwpsa_sandbox::command::run(&arguments)
            .await
            .map_err(|error| CliError::Local(format!("can't start the sandbox: {error}"))),
        Command::Doctor(arguments) => doctor::run(&arguments, settings).await,
        Command::Healthcheck(arguments) => match settings {
            Ok(settings) => healthcheck::run(&arguments, settings.values.listen).await,
            Err(error) => Err(error),
        },
        Command::Man { folder } => clap_mangen::generate_to(Cli::command(), &folder).map_err(|error| {
            CliError::Local(format!("can't write manual pages to {}: {error}", folder.display()))
        }),
        Command::Completions { shell } => {
            // Generated into a buffer first, because `generate` panics if the reader closes the pipe.
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "cwpsa", &mut script);
            crate::cli::output::print(&script)
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error);
            ExitCode::from(error.exit_code())
        }
    }
}
