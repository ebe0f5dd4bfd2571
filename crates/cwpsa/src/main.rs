//! Runs the command line defined in [`cwpsa::cli`].

use std::process::ExitCode;

use tokio::runtime::Runtime;

fn main() -> ExitCode {
    let invocation = cwpsa::cli::Invocation::from_process();
    let runtime = match Runtime::new() {
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
