//! `cwpsa-sandbox`: a stand-in of a ConnectWise PSA server, as a program.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use cwpsa_sandbox::command::{self, Arguments};
use cwpsa_sandbox::serve::Engine;

// The engine is written at the same time as this. Until both meet, records lie in a stand-in with no rules:
// then these two lines go, and `engine` makes a `Sandbox` of the arguments.
#[path = "../tests/support/store.rs"]
#[allow(dead_code, reason = "its other half is for tests")]
mod store;

/// A ConnectWise PSA server that runs anywhere, with no account: seeded records, every operation, the API's
/// own errors, limits and callbacks.
#[derive(Parser)]
#[command(name = "cwpsa-sandbox", version)]
struct Command {
    #[command(flatten)]
    arguments: Arguments,
}

fn engine(_arguments: &Arguments) -> Result<Arc<dyn Engine>, String> {
    Ok(Arc::new(store::Store::default()))
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
    let engine = engine(arguments)?;
    // A search keeps its thread for a while, so there are more threads than cores.
    let threads = std::thread::available_parallelism().map_or(4, |cores| cores.get().max(4));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    runtime.block_on(command::run(engine, arguments)).map_err(|error| error.to_string())
}
