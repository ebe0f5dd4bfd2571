//! Developer commands: `cargo xtask <command>`.

mod bench;
mod chaos;
mod ci;
mod clients;
mod corpus;
mod cost;
mod diff;
mod dist;
mod http;
mod last_run;
mod new;
mod regenerate;
mod repairs;
mod semver;
mod server_process;
mod sizes;
mod structure;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The generator allocates many small objects, and runs a third faster with this allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Commands for developers.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", arg_required_else_help = true)]
struct XtaskArguments {
    #[command(subcommand)]
    command: XtaskCommand,
}

#[derive(Subcommand)]
enum XtaskCommand {
    /// Generate a crate from a profile and its spec.
    Regenerate(regenerate::RegenerateArguments),
    /// Create a folder that contains a profile for a spec.
    New(new::NewArguments),
    /// Generate and compile a crate from each spec in a folder, and print a table of the results.
    Corpus(corpus::CorpusArguments),
    /// Report how a new spec affects HTTP clients, Rust programs, and agents.
    ///
    /// Exit code 0: no change matches `--fail-on`; 1: at least one change matches; 2: the specs couldn't be compared.
    /// In GitHub Actions, matching changes are shown as annotations, and the report is added to the step summary.
    /// docs/changes.md lists all kinds of changes.
    Diff(diff::DiffArguments),
    /// Run `cargo-semver-checks` on the crates for two specs and save its findings, to compare them with `cargo xtask
    /// diff`.
    ///
    /// First install the program: `cargo install cargo-semver-checks --locked`. Afterward, run the `semver_checks` test
    /// in toolcrate-diff, which compares the findings with the Rust changes in our diff and writes
    /// docs/semver-checks.md.
    Semver(semver::SemverArguments),
    /// List the repairs made to a spec.
    Repairs(repairs::RepairsArguments),
    /// Run all tests except those against third-party clients and frameworks.
    Test(test::TestArguments),
    /// Test the SDKs and run the examples against the mock server. Requires Node.js and Python, but no API key.
    Examples(clients::examples::ExampleArguments),
    /// Run the benchmarks, store the results in docs/figures.json, and compare them with their limits.
    Bench(bench::BenchArguments),
    /// Kill, flood, and starve a server while clients write through it, and check that no client gets a wrong outcome.
    ///
    /// Prints a table with the number of acknowledged, lost, repeated, and misreported calls, the memory usage, and the
    /// number of open files. Exit code 0: all outcomes were correct; 1: at least one was wrong; 2: the run failed.
    Chaos(chaos::ChaosArguments),
    /// Check the workspace's structure: file lengths, imports, names, layering, and banned phrases.
    Structure(structure::StructureArguments),
    /// Package every crate, and build and test each one from its archive.
    #[command(disable_help_flag = true)]
    Package(dist::ForwardedArguments),
    /// Build this platform's release files in `dist/`. With --prove, also install and run each package.
    #[command(disable_help_flag = true)]
    Dist(dist::ForwardedArguments),
    /// Check the release workflows and manifests. With --dry-run, print the release steps.
    #[command(disable_help_flag = true)]
    Release(dist::ForwardedArguments),
    /// Run a command and print its cost as JSON (wall and CPU seconds, peak memory).
    #[command(hide = true)]
    Measure {
        /// The command.
        #[arg(last = true)]
        command: Vec<String>,
    },
    /// Send expensive requests to `cwpsa serve` until the process is killed, for `bench --only strangers`.
    #[command(hide = true)]
    Attack {
        /// The server's address and port.
        host: String,
    },
}

fn main() -> ExitCode {
    match XtaskArguments::parse().command {
        XtaskCommand::Regenerate(arguments) => regenerate::run(arguments),
        XtaskCommand::New(arguments) => new::run(&arguments),
        XtaskCommand::Corpus(arguments) => corpus::run(&arguments),
        XtaskCommand::Diff(arguments) => diff::run(&arguments),
        XtaskCommand::Semver(arguments) => semver::run(&arguments),
        XtaskCommand::Repairs(arguments) => repairs::run(&arguments),
        XtaskCommand::Test(arguments) => test::run(&arguments),
        XtaskCommand::Examples(arguments) => clients::examples::run(&arguments),
        XtaskCommand::Bench(arguments) => bench::run(&arguments),
        XtaskCommand::Chaos(arguments) => chaos::run(&arguments),
        XtaskCommand::Structure(arguments) => structure::run(&arguments),
        XtaskCommand::Package(arguments) => dist::run("package", &arguments),
        XtaskCommand::Dist(arguments) => dist::run("dist", &arguments),
        XtaskCommand::Release(arguments) => dist::run("release", &arguments),
        XtaskCommand::Measure { command } => cost::run(&command),
        XtaskCommand::Attack { host } => bench::attack(&host),
    }
}
