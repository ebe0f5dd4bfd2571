//! `cargo xtask package`: verifies that every crate builds and passes its tests using only the contents of its archive.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::process::{cargo, finish, output, workspace_root};

/// Maximum size of an archive, with a margin below the 10 MiB that the registry accepts.
const MAX_ARCHIVE: u64 = 8 << 20;
/// Files that every archive must contain.
const REQUIRED: [&str; 4] = ["Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "README.md"];

#[derive(clap::Args)]
pub(crate) struct PackageArguments {
    /// Build the archives, but don't run their tests.
    #[arg(long)]
    no_test: bool,
    /// Accept uncommitted changes.
    #[arg(long)]
    allow_dirty: bool,
    /// Instead, check that each crate compiles without features and with each feature alone.
    #[arg(long)]
    features_alone: bool,
}

/// A published crate.
struct PublishedCrate {
    name: String,
    version: String,
}

/// Packages all crates, and builds and tests them in an empty folder.
pub(crate) fn run(arguments: &PackageArguments) -> anyhow::Result<()> {
    let metadata = output(cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata: Value = serde_json::from_slice(&metadata)?;
    let crates = published(&metadata)?;
    if arguments.features_alone {
        return check_features_alone(&metadata, &crates);
    }
    let target =
        PathBuf::from(metadata["target_directory"].as_str().context("cargo has no target directory")?);
    // Each archive is built below, together and with dependencies that have already been compiled.
    let mut package = cargo();
    package.args(["package", "--workspace", "--no-verify", "--quiet"]);
    finish(package.args(arguments.allow_dirty.then_some("--allow-dirty")))?;
    let folder = tempfile::tempdir()?;
    for published in &crates {
        unpack(published, &target.join("package"), folder.path())?;
    }
    write_workspace(&crates, folder.path())?;
    let steps: &[&[&str]] = match arguments.no_test {
        true => &[&["check", "--workspace", "--all-targets"]],
        false => &[&["test", "--workspace", "--quiet"]],
    };
    for step in steps {
        let mut command = cargo();
        command.current_dir(folder.path()).arg("--offline").args(*step);
        // The dependencies are those of the workspace, so they have already been compiled.
        command.env("CARGO_TARGET_DIR", &target).env("CARGO_INCREMENTAL", "0");
        finish(&mut command)?;
    }
    println!("{} crates build and pass their tests from their archives", crates.len());
    Ok(())
}

/// Compiles each crate that has features with none of them, and with each one separately.
fn check_features_alone(metadata: &Value, crates: &[PublishedCrate]) -> anyhow::Result<()> {
    let mut count = 0;
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        let features: Vec<&str> = package["features"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(feature, _)| feature.as_str())
            .collect();
        if features.is_empty() || !crates.iter().any(|published| published.name == name) {
            continue;
        }
        for feature in [""].into_iter().chain(features) {
            println!("{name} with {}", if feature.is_empty() { "no feature" } else { feature });
            let mut command = cargo();
            command.args([
                "check",
                "--quiet",
                "--package",
                name,
                "--no-default-features",
                "--features",
                feature,
            ]);
            finish(command.env("RUSTFLAGS", "-D warnings"))?;
            count += 1;
        }
    }
    println!("{count} combinations of features compile");
    Ok(())
}

fn published(metadata: &Value) -> anyhow::Result<Vec<PublishedCrate>> {
    let packages = metadata["packages"].as_array().context("cargo has no packages")?;
    // `publish = false` is represented as an empty list of registries.
    let is_published = |package: &&Value| package["publish"].as_array().is_none_or(|list| !list.is_empty());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut crates = Vec::new();
    for package in packages.iter().filter(is_published) {
        let (name, version) = (text(&package["name"]), text(&package["version"]));
        for field in ["description", "license", "repository", "readme", "rust_version"] {
            ensure!(!package[field].is_null(), "{name} has no {field}");
        }
        for field in ["keywords", "categories"] {
            let count = package[field].as_array().map_or(0, Vec::len);
            ensure!((1..=5).contains(&count), "{name} has {count} {field} (expected 1 to 5)");
        }
        crates.push(PublishedCrate { name, version });
    }
    Ok(crates)
}

/// Unpacks an archive into the folder, and checks its contents.
fn unpack(published: &PublishedCrate, archives: &Path, folder: &Path) -> anyhow::Result<()> {
    let PublishedCrate { name, version } = published;
    let archive = archives.join(format!("{name}-{version}.crate"));
    let size =
        std::fs::metadata(&archive).with_context(|| format!("{} is missing", archive.display()))?.len();
    ensure!(size <= MAX_ARCHIVE, "the archive of {name} is {size} bytes (expected at most {MAX_ARCHIVE})");
    // The files in an archive are dated 2006, so cargo wouldn't notice that they have changed since the last run.
    finish(Command::new("tar").arg("-xzmf").arg(&archive).arg("-C").arg(folder))?;
    let unpacked = folder.join(format!("{name}-{version}"));
    for file in REQUIRED {
        ensure!(unpacked.join(file).exists(), "the archive of {name} has no {file}");
    }
    println!("{:>8} KiB  {name} {version}", size.div_ceil(1024));
    Ok(())
}

/// Writes a workspace with the unpacked archives, which replace those in the registry.
fn write_workspace(crates: &[PublishedCrate], folder: &Path) -> anyhow::Result<()> {
    let mut manifest =
        String::from("[workspace]\nresolver = \"3\"\nmembers = [\"*-*\"]\n\n[patch.crates-io]\n");
    for PublishedCrate { name, version } in crates {
        manifest.push_str(&format!("{name} = {{ path = \"{name}-{version}\" }}\n"));
    }
    std::fs::write(folder.join("Cargo.toml"), manifest)?;
    std::fs::copy(workspace_root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
    // The profiles determine whether dependencies have to be recompiled.
    let profiles = profiles(&std::fs::read_to_string(workspace_root().join("Cargo.toml"))?);
    let mut manifest = std::fs::OpenOptions::new().append(true).open(folder.join("Cargo.toml"))?;
    Ok(std::io::Write::write_all(&mut manifest, profiles.as_bytes())?)
}

/// Returns the tables `[profile.dev…]` in a manifest.
fn profiles(manifest: &str) -> String {
    let mut is_profile = false;
    let keep = |line: &&str| {
        if line.starts_with('[') {
            is_profile = line.starts_with("[profile.dev");
        }
        is_profile
    };
    manifest.lines().filter(keep).map(|line| format!("{line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_of_tests_are_copied_alone() {
        let manifest = "[workspace]\na = 1\n[profile.dev]\nb = 2\n\n[profile.dev.package.x]\nc = 3\n[profile.dist]\nd = 4\n";
        assert_eq!(profiles(manifest), "[profile.dev]\nb = 2\n\n[profile.dev.package.x]\nc = 3\n");
    }
}
