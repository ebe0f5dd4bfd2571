//! `cwpsa`: see [`cwpsa::cli`].

use std::process::ExitCode;

use clap::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    cwpsa::commands::run(cwpsa::cli::Arguments::parse()).await
}
