//! `cwpsa-sandbox`: a stand-in of a ConnectWise PSA server, as a program.

use std::process::ExitCode;

use clap::Parser;
use cwpsa_sandbox::command::{self, Arguments};

/// A ConnectWise PSA server that runs anywhere, with no account: seeded records, every operation, the API's
/// own errors, limits and callbacks.
#[derive(Parser)]
#[command(name = "cwpsa-sandbox", version)]
struct Command {
    #[command(flatten)]
    arguments: Arguments,
}

fn main() -> ExitCode {
    let Command { arguments } = Command::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    // A search keeps its thread for a while, so there are more threads than cores.
    let threads = std::thread::available_parallelism().map_or(4, |cores| cores.get().max(4));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    runtime.block_on(command::run(arguments)).map_err(|error| error.to_string())
}
