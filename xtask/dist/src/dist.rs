//! Implements `cargo xtask dist`, which builds the release artifacts.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

use crate::artifact::{Artifact, ReleaseBinary};
use crate::digest::sha256_hex;
use crate::platform::ReleasePlatform;
use crate::process::workspace_root;
use crate::{binary, manuals, mcpb, npm, oci, prove, registry, sbom, wheel};

/// The file with the digests of all other files.
const CHECKSUMS: &str = "SHA256SUMS";

#[derive(clap::Args)]
pub(crate) struct DistArguments {
    /// Package this binary instead of building one. Size and time limits aren't checked.
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// The binary's platform. Defaults to the local platform.
    #[arg(long, value_name = "TRIPLE")]
    target: Option<String>,
    /// Folder to write to.
    #[arg(long, value_name = "FOLDER", default_value = "dist")]
    out: PathBuf,
    /// Afterward, validate every file with the tool for its format, install each package in an empty root, and call a
    /// tool. Requires Python and Node.js.
    #[arg(long)]
    prove: bool,
}

/// Builds, writes and optionally verifies everything for one platform.
pub(crate) fn run(arguments: &DistArguments) -> anyhow::Result<()> {
    let platform = ReleasePlatform::find(arguments.target.as_deref())?;
    let path = match &arguments.binary {
        Some(path) => path.clone(),
        None => binary::build(platform)?,
    };
    let binary = ReleaseBinary::read(platform, &path)?;
    let artifacts = make(&binary)?;
    let out = workspace_root().canonicalize()?.join(&arguments.out);
    empty(&out)?;
    for artifact in &artifacts {
        let path = out.join(&artifact.name);
        std::fs::write(&path, &artifact.bytes).with_context(|| format!("can't write {}", path.display()))?;
        println!("{:>12}  {}", artifact.bytes.len(), artifact.name);
    }
    if !arguments.prove {
        return Ok(());
    }
    let figures = prove::run(&out, &binary)?;
    figures.print();
    // Any other binary, such as a test build, may be large and slow.
    if arguments.binary.is_none() { figures.check() } else { Ok(()) }
}

/// Creates the folder, or deletes the output of an earlier run, so nothing from another version remains.
fn empty(out: &Path) -> anyhow::Result<()> {
    if let Ok(mut entries) = std::fs::read_dir(out)
        && entries.next().is_some()
    {
        ensure!(
            out.join(CHECKSUMS).exists(),
            "{} contains other files; choose another folder",
            out.display()
        );
        std::fs::remove_dir_all(out).with_context(|| format!("can't empty {}", out.display()))?;
    }
    Ok(std::fs::create_dir_all(out)?)
}

/// Builds all files, sorted by name.
fn make(binary: &ReleaseBinary) -> anyhow::Result<Vec<Artifact>> {
    let mut artifacts = vec![
        manuals::binary_archive(binary)?,
        wheel::wheel(binary)?,
        mcpb::bundle(binary)?,
        sbom::bill_of_materials(binary)?,
    ];
    artifacts.extend(npm::npm_packages(binary)?);
    artifacts.extend(oci::image(binary)?);
    let bundles: Vec<&Artifact> =
        artifacts.iter().filter(|artifact| artifact.name.ends_with(".mcpb")).collect();
    let entry = registry::server_entry(&bundles)?;
    artifacts.push(entry);
    artifacts.sort_by(|one, other| one.name.cmp(&other.name));
    let sums: String =
        artifacts.iter().map(|file| format!("{}  {}\n", sha256_hex(&file.bytes), file.name)).collect();
    artifacts.push(Artifact::new(CHECKSUMS, sums));
    Ok(artifacts)
}
