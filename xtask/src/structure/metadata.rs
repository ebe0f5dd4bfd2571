//! Reads a workspace's packages from `cargo metadata`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use serde::Deserialize;

pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) packages: Vec<WorkspacePackage>,
}

#[derive(Deserialize)]
pub(crate) struct WorkspacePackage {
    pub(crate) name: String,
    manifest_path: PathBuf,
    pub(crate) dependencies: Vec<PackageDependency>,
}

#[derive(Deserialize)]
pub(crate) struct PackageDependency {
    pub(crate) name: String,
    /// `None` for a normal dependency, otherwise `dev` or `build`.
    pub(crate) kind: Option<String>,
}

#[derive(Deserialize)]
struct CargoMetadata {
    workspace_root: PathBuf,
    packages: Vec<WorkspacePackage>,
}

impl Workspace {
    pub(crate) fn load(root: &Path) -> anyhow::Result<Self> {
        let output = Command::new(env!("CARGO"))
            .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
            .current_dir(root)
            .output()
            .context("can't run cargo metadata")?;
        if !output.status.success() {
            let message = String::from_utf8_lossy(&output.stderr);
            bail!("cargo metadata failed in {}: {}", root.display(), message.trim());
        }
        let metadata: CargoMetadata =
            serde_json::from_slice(&output.stdout).context("can't read the output of cargo metadata")?;
        let mut packages = metadata.packages;
        packages.retain(|package| !package.is_golden());
        packages.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self { root: metadata.workspace_root, packages })
    }
}

impl WorkspacePackage {
    pub(crate) fn folder(&self) -> &Path {
        self.manifest_path.parent().unwrap_or(&self.manifest_path)
    }

    /// Returns true if the package is expected output of the generator. Tests that depend on such a package make
    /// it a member.
    fn is_golden(&self) -> bool {
        self.manifest_path.components().any(|folder| folder.as_os_str() == "golden")
    }

    /// Returns true if the package's code is generated.
    pub(crate) fn is_generated(&self) -> bool {
        self.folder().file_name().is_some_and(|name| name == "generated")
    }
}
