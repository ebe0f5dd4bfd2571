//! Builds packages for every installation method: `cargo xtask dist`, `cargo xtask package` and `cargo xtask release`.
//!
//! It's a separate program so that `cargo xtask`, the first command you run on a fresh machine, doesn't have to compile
//! it.

mod archive;
mod artifact;
mod binary;
mod crates;
mod digest;
mod dist;
mod elf;
mod manuals;
mod mcpb;
mod npm;
mod oci;
mod platform;
mod process;
mod prove;
mod registry;
mod release;
mod sbom;
mod wheel;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Build and test the release packages.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct DistCli {
    #[command(subcommand)]
    command: DistCommand,
}

#[derive(Subcommand)]
enum DistCommand {
    /// Package every crate, and build and test each one from its archive.
    Package(crates::PackageArguments),
    /// Build this platform's release files in `dist/`.
    ///
    /// Two runs with the same binary produce identical files. Timestamps in archives are set to SOURCE_DATE_EPOCH, or
    /// to the time of the last commit.
    Dist(dist::DistArguments),
    /// Check the release workflows and manifests, or print the release steps.
    Release(release::ReleaseArguments),
}

fn main() -> ExitCode {
    let result = match DistCli::parse().command {
        DistCommand::Package(arguments) => crates::run(&arguments),
        DistCommand::Dist(arguments) => dist::run(&arguments),
        DistCommand::Release(arguments) => release::run(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
