//! Builds the drivers and runs `check.py` to verify what they send and read.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use super::row::CorpusRow;
use crate::clients::process::python_environment;

/// Checks each crate that compiles.
pub(super) fn run(rows: &mut [CorpusRow], work: &Path) -> anyhow::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let python = python_environment(&folder, &work.join("python"))?;
    for row in rows.iter_mut().filter(|row| row.compiles == Some(true)) {
        let driver = build(&row.name, work)?;
        let mut check = Command::new(&python);
        check.args(["-W", "ignore"]).arg(folder.join("check.py")).arg(driver).arg(&row.spec);
        let patch = folder.join("patches").join(&row.name).with_extension("json");
        if patch.exists() {
            check.arg(patch);
        }
        let output = check.env("PYTHONDONTWRITEBYTECODE", "1").output()?;
        let text = String::from_utf8_lossy(&output.stderr);
        anyhow::ensure!(output.status.success(), "{}: {}", row.name, text.trim());
        let result = serde_json::from_slice(&output.stdout).with_context(|| row.name.clone())?;
        row.checked = Some(result);
    }
    Ok(())
}

/// Builds a spec's driver and returns its path.
fn build(name: &str, work: &Path) -> anyhow::Result<PathBuf> {
    let target = work.join("target");
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--quiet", "--offline", "--package", &format!("driver-{name}")])
        .current_dir(work)
        .env("CARGO_TARGET_DIR", &target)
        .status()?;
    anyhow::ensure!(status.success(), "the driver of {name} does not compile");
    Ok(target.join("debug").join(format!("driver-{name}{}", std::env::consts::EXE_SUFFIX)))
}
