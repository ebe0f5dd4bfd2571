//! Runs the command line defined in [`cwpsa::cli`].

use std::process::ExitCode;

use tokio::runtime::{Builder, Runtime};

/// Number of worker threads beyond one for each core. While other processes use the cores, a worker can wait for its turn in
/// the middle of a task, and a spare one responds to the next request.
const SPARE_WORKERS: usize = 2;

fn main() -> ExitCode {
    let invocation = cwpsa::cli::Invocation::from_process();
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(4);
        }
    };
    let code = runtime.block_on(cwpsa::commands::run(invocation));
    // A pending read from stdin can't be canceled: waiting for it would keep a stopped server alive until its client
    // writes something.
    runtime.shutdown_background();
    code
}

fn runtime() -> std::io::Result<Runtime> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Builder::new_multi_thread().worker_threads(cores + SPARE_WORKERS).enable_all().build()
}
