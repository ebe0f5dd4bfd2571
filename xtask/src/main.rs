//! The developer's commands: `cargo xtask <command>`.

mod repairs;
mod test;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The developer's commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Read a spec and print what had to be repaired in it.
    Repairs {
        /// The spec, OpenAPI 3.0 in JSON or YAML.
        spec: PathBuf,
        /// List every place, not only the first three of a kind.
        #[arg(long)]
        all: bool,
    },
    /// Run everything that CI tests.
    Test,
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Repairs { spec, all } => repairs::run(&spec, all),
        Command::Test => test::run(),
    }
}
