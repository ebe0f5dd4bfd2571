//! Runs the mock ConnectWise PSA server.

use std::io;
use std::process::ExitCode;

use clap::Parser;
use cwpsa_sandbox::command::{self, SandboxArguments};

/// Mock ConnectWise PSA server with sample records, every API operation, and the API's own errors, rate limits and
/// callbacks. No account needed.
#[derive(Parser)]
#[command(name = "cwpsa-sandbox", version)]
struct SandboxCli {
    #[command(flatten)]
    arguments: SandboxArguments,
}

fn main() -> ExitCode {
    let SandboxCli { arguments } = SandboxCli::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &SandboxArguments) -> io::Result<()> {
    // A search occupies its thread for a while, so there are more threads than cores.
    let threads = std::thread::available_parallelism().map_or(4, |cores| cores.get().max(4));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()?;
    runtime.block_on(command::run(arguments))
}
