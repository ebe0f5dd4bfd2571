//! Builds the release binary.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, bail};
use serde_json::Value;

use crate::platform::{ReleasePlatform, host_triple};
use crate::process::{cargo, line, workspace_root};

/// The features of the published binary.
pub(crate) const FEATURES: &str = "cwpsa/packed-catalog";

/// Builds `cwpsa` with the `dist` profile and returns its path. No local path ends up in the binary.
pub(crate) fn build(platform: ReleasePlatform) -> anyhow::Result<PathBuf> {
    let mut command = cargo();
    command.args(["build", "--locked", "--profile", "dist", "--package", "cwpsa", "--bin", "cwpsa"]);
    command.args(["--features", FEATURES]);
    command.arg("--message-format=json-render-diagnostics").stderr(Stdio::inherit());
    if platform.triple != host_triple()? {
        command.args(["--target", platform.triple]);
    }
    command.env("RUSTFLAGS", rust_flags()?);
    let output = command.output().context("can't start cargo")?;
    if !output.status.success() {
        bail!("{}: {}", line(&command), output.status);
    }
    let messages = String::from_utf8(output.stdout)?;
    let executable = messages
        .lines()
        .filter_map(|message| serde_json::from_str::<Value>(message).ok())
        .find_map(|message| message["executable"].as_str().map(PathBuf::from));
    executable.context("cargo did not report the binary")
}

/// Returns the environment's flags, plus flags that replace local folders in panic messages.
fn rust_flags() -> anyhow::Result<String> {
    let home = |variable: &str, folder: &str| {
        let default = || std::env::home_dir().map(|home| home.join(folder));
        std::env::var_os(variable).map(PathBuf::from).or_else(default)
    };
    let root = workspace_root().canonicalize()?;
    let folders: [(Option<PathBuf>, &str); 2] =
        [(Some(root), "source"), (home("CARGO_HOME", ".cargo"), "cargo")];
    let mut flags = std::env::var("RUSTFLAGS").unwrap_or_default();
    for (folder, name) in folders {
        let Some(folder) = folder.as_deref().map(Path::to_str) else { continue };
        let folder = folder.context("the folder is not UTF-8")?;
        flags.push_str(&format!(" --remap-path-prefix={folder}=/{name}"));
    }
    Ok(flags.trim().to_owned())
}
