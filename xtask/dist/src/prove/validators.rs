//! Validates every file with a tool for its format.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

use super::tools::ReleaseTools;
use crate::process::{finish, output_text};

/// Validates the files in `folder`.
pub(crate) fn run(folder: &Path, tools: &ReleaseTools) -> anyhow::Result<()> {
    finish(Command::new("sha256sum").args(["--check", "--quiet", "SHA256SUMS"]).current_dir(folder))?;
    finish(tools.python("validate.py").arg("bill-of-materials").arg(find(folder, ".cdx.json")?))?;
    finish(tools.python("validate.py").arg("registry-entry").arg(folder.join("server.json")))?;
    let bundle = tempfile::tempdir()?;
    finish(tools.mcpb().arg("unpack").arg(find(folder, ".mcpb")?).arg(bundle.path()))?;
    finish(tools.mcpb().arg("validate").arg(bundle.path().join("manifest.json")))?;
    if cfg!(target_os = "linux") {
        let wheel = find(folder, ".whl")?;
        let mut auditwheel = Command::new(tools.python_program("auditwheel"));
        let report = output_text(auditwheel.arg("show").arg(&wheel))?;
        let tag = wheel_tag(&wheel)?;
        let report = report.split_whitespace().collect::<Vec<_>>().join(" ");
        ensure!(report.contains(&format!("\"{tag}\"")), "auditwheel disagrees with the tag {tag}: {report}");
        println!("auditwheel: {tag}");
    }
    Ok(())
}

/// Returns the platform tag in a wheel's name.
fn wheel_tag(wheel: &Path) -> anyhow::Result<String> {
    let stem = wheel.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    stem.rsplit('-').next().map(str::to_owned).context("the wheel has no tag")
}

/// Returns the file in `folder` whose name ends with `suffix`.
pub(crate) fn find(folder: &Path, suffix: &str) -> anyhow::Result<PathBuf> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(suffix) {
            paths.push(path);
        }
    }
    paths.sort();
    paths.into_iter().next().with_context(|| format!("{} has no file *{suffix}", folder.display()))
}
