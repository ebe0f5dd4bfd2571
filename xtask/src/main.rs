//! The developer's commands: `cargo xtask <command>`.

mod bench;
mod ci;
mod clients;
mod corpus;
mod cost;
mod diff;
mod new;
mod regenerate;
mod repairs;
mod server_process;
mod sizes;
mod structure;
mod test;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The generator allocates many small objects; this allocator saves a third of its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The developer's commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", arg_required_else_help = true)]
struct XtaskArguments {
    #[command(subcommand)]
    command: XtaskCommand,
}

#[derive(Subcommand)]
enum XtaskCommand {
    /// Generate the crate from the spec that the profile names.
    Regenerate(regenerate::RegenerateArguments),
    /// Make a folder with a profile for the API of a spec.
    New(new::NewArguments),
    /// Generate and compile a crate from each spec of a folder, and print what became of them.
    Corpus(corpus::CorpusArguments),
    /// Tell what a new spec changes for clients, for programs and for agents.
    ///
    /// Exit code 0: nothing that matters; 1: found; 2: could not compare. In a GitHub workflow the changes that
    /// matter are annotated, and the report is added to the step's summary. docs/changes.md lists all kinds.
    Diff(diff::DiffArguments),
    /// Read a spec and print what had to be repaired in it.
    Repairs {
        /// The spec: OpenAPI 3 or Swagger 2.0, JSON or YAML.
        spec: PathBuf,
        /// List every place, not only the first three of a kind.
        #[arg(long)]
        all: bool,
    },
    /// Run the tests: everything but the tours of other people's clients and frameworks, or those alone.
    Test(test::TestArguments),
    /// Test the SDKs and run the examples against a sandbox; needs node and python, but no key.
    Examples(clients::examples::ExampleArguments),
    /// Measure the project's figures, print them beside their bounds and store them in docs/figures.json.
    Bench(bench::BenchArguments),
    /// Check rules about the shape of the workspace: file length, imports, names, dependencies between packages.
    Structure(structure::StructureArguments),
    /// Run a command and print its cost as JSON (wall and CPU seconds, peak memory).
    #[command(hide = true)]
    Measure {
        /// The command.
        #[arg(last = true)]
        command: Vec<String>,
    },
}

fn main() -> ExitCode {
    match XtaskArguments::parse().command {
        XtaskCommand::Regenerate(arguments) => regenerate::run(arguments),
        XtaskCommand::New(arguments) => new::run(&arguments),
        XtaskCommand::Corpus(arguments) => corpus::run(&arguments),
        XtaskCommand::Diff(arguments) => diff::run(&arguments),
        XtaskCommand::Repairs { spec, all } => repairs::run(&spec, all),
        XtaskCommand::Test(arguments) => test::run(&arguments),
        XtaskCommand::Examples(arguments) => clients::examples::run(&arguments),
        XtaskCommand::Bench(arguments) => bench::run(&arguments),
        XtaskCommand::Structure(arguments) => structure::run(&arguments),
        XtaskCommand::Measure { command } => cost::run(&command),
    }
}
