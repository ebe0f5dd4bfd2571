//! The artifacts to release, with their contents and file names.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::archive::ArchiveEntry;
use crate::platform::ReleasePlatform;
use crate::process::{output_text, workspace_root};

/// The version of all released artifacts.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The license of all released artifacts.
pub(crate) const LICENSE: &str = "MIT OR Apache-2.0";
/// The source repository.
pub(crate) const REPOSITORY: &str = "https://github.com/connectwise-psa-tools/connectwise-psa";
/// The server's name in the MCP registry.
pub(crate) const MCP_NAME: &str = "io.github.connectwise-psa-tools/cwpsa";
/// A sentence about the product, limited to 100 characters.
pub(crate) const SUMMARY: &str =
    "Every ConnectWise PSA (Manage) API operation as a tool. Includes a mock server.";
/// The container image, without a tag.
pub(crate) const IMAGE: &str = "ghcr.io/connectwise-psa-tools/cwpsa";

/// A platform's binary, with the data shared by all of its packages.
#[derive(Debug)]
pub(crate) struct ReleaseBinary {
    /// The platform.
    pub(crate) platform: ReleasePlatform,
    /// The binary.
    pub(crate) bytes: Vec<u8>,
    /// Its local path.
    pub(crate) path: PathBuf,
    /// The timestamp in archives, in seconds since 1970.
    pub(crate) epoch: u64,
}

/// A file in `dist/`.
#[derive(Debug)]
pub(crate) struct Artifact {
    /// The file name.
    pub(crate) name: String,
    /// The contents.
    pub(crate) bytes: Vec<u8>,
}

impl Artifact {
    /// Creates a file with a name and contents.
    pub(crate) fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), bytes: bytes.into() }
    }
}

impl ReleaseBinary {
    /// Reads a binary.
    pub(crate) fn read(platform: ReleasePlatform, path: &Path) -> anyhow::Result<Self> {
        let bytes = std::fs::read(path).with_context(|| format!("can't read {}", path.display()))?;
        let path = std::path::absolute(path)?;
        Ok(Self { platform, bytes, path, epoch: source_date_epoch()? })
    }

    /// Returns a command that runs the binary without any local settings.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        command.env_clear().env("COLUMNS", "100");
        command
    }
}

/// Reads a text file from the workspace.
pub(crate) fn workspace_file(path: &str) -> anyhow::Result<String> {
    std::fs::read_to_string(workspace_root().join(path)).with_context(|| format!("can't read {path}"))
}

/// Returns the license texts, which are included in every package.
pub(crate) fn licenses() -> anyhow::Result<Vec<ArchiveEntry>> {
    ["LICENSE-APACHE", "LICENSE-MIT"]
        .map(|name| Ok(ArchiveEntry::file(name, workspace_file(name)?)))
        .into_iter()
        .collect()
}

/// Returns SOURCE_DATE_EPOCH, or the time of the last commit.
fn source_date_epoch() -> anyhow::Result<u64> {
    let number = match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(number) => number,
        Err(_) => {
            output_text(Command::new("git").args(["log", "-1", "--format=%ct"]).current_dir(workspace_root()))
                .context("set SOURCE_DATE_EPOCH, or run this in a git checkout")?
        }
    };
    number.parse().with_context(|| format!("expected seconds since 1970, got {number:?}"))
}
