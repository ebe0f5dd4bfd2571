//! Runs `check.py`, which checks the requests that generated crates send and the responses that they read.

use std::path::Path;
use std::process::Command;

use anyhow::Context as _;

use super::row::CorpusRow;
use crate::clients::process::python_environment;

/// Checks each crate that compiles.
pub(super) fn run(rows: &mut [CorpusRow], work: &Path, target: &Path) -> anyhow::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let python = python_environment(&folder, &work.join("python"))?;
    for row in rows.iter_mut().filter(|row| row.compiles == Some(true)) {
        let program = format!("debug/driver-{}{}", row.name, std::env::consts::EXE_SUFFIX);
        let mut check = Command::new(&python);
        check.args(["-W", "ignore"]).arg(folder.join("check.py")).arg(target.join(program)).arg(&row.spec);
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
