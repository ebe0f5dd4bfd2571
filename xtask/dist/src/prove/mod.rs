//! Verifies the artifacts with external tools: every file in `dist/` must pass the validator for its format, and every
//! package must install and run in a root file system without Rust.

mod channels;
mod empty_root;
mod figures;
pub(crate) mod tools;
mod validators;

use std::path::Path;

use crate::artifact::ReleaseBinary;
use channels::InstallChannel;
use figures::ProofFigures;
use tools::ReleaseTools;

/// Validates and installs the packages in `folder`, and returns the measured durations and sizes.
pub(crate) fn run(folder: &Path, binary: &ReleaseBinary) -> anyhow::Result<ProofFigures> {
    let tools = ReleaseTools::install()?;
    validators::run(folder, &tools)?;
    let mut figures = ProofFigures::default();
    figures.size("binary", binary.bytes.len(), Some(20.0));
    for channel in InstallChannel::ALL {
        channel.prove(folder, binary, &tools, &mut figures)?;
    }
    Ok(figures)
}
