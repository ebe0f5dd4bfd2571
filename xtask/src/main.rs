//! The developer's commands: `cargo xtask <command>`.

mod bench;
mod bench_diff;
mod bench_fastmcp;
mod bench_generator;
mod bench_load;
mod bench_sandbox;
mod bench_server;
mod bench_tools;
mod ci;
mod clients;
mod diff;
mod examples;
mod measure;
mod regenerate;
mod repairs;
mod sandbox;
mod sizes;
mod test;
mod wrk;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A generator run is mostly small allocations; this allocator takes a third off its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The developer's commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Generate the crate from the spec that the profile names.
    Regenerate(regenerate::Arguments),
    /// Tell what a new spec changes for clients, for programs and for agents.
    ///
    /// Exit code 0: nothing that matters; 1: found; 2: could not compare. In a GitHub workflow the changes that
    /// matter are annotated, and the report is added to the step's summary. docs/changes.md lists all kinds.
    Diff(diff::Arguments),
    /// Read a spec and print what had to be repaired in it.
    Repairs {
        /// The spec, OpenAPI 3.0 in JSON or YAML.
        spec: PathBuf,
        /// List every place, not only the first three of a kind.
        #[arg(long)]
        all: bool,
    },
    /// Run everything that CI tests.
    Test(test::Arguments),
    /// Test the SDKs and run the examples against a sandbox; needs node and python, but no key.
    Examples(examples::Arguments),
    /// Measure the project's figures, print them beside their bounds, store them in docs/figures.json.
    Bench(bench::Arguments),
    /// Run a command and print its cost as JSON (wall and CPU seconds, peak memory).
    #[command(hide = true)]
    Measure {
        /// The command.
        #[arg(last = true)]
        command: Vec<String>,
    },
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Regenerate(arguments) => regenerate::run(arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Repairs { spec, all } => repairs::run(&spec, all),
        Command::Test(arguments) => test::run(&arguments),
        Command::Examples(arguments) => examples::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Measure { command } => measure::run(&command),
    }
}
