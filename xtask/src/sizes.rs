//! Compares the size of the tool definitions in two releases for each LLM provider. The sizes come from an example in
//! the end-to-end tests that runs on both catalogs, because this crate doesn't depend on the runtime.

use std::path::Path;
use std::process::Command;

use toolcrate_codegen::diagnostic::{CodegenError, Errors};
use toolcrate_diff::{DialectSize, Snapshot};

/// Measures both releases.
///
/// # Errors
/// Returns `E042` if they can't be measured.
pub fn measure(old: &Snapshot, new: &Snapshot) -> Result<Vec<DialectSize>, Errors> {
    let wrong = |message: String| Errors::from(CodegenError::new("E042", message));
    let folder = tempfile::tempdir().map_err(|error| wrong(error.to_string()))?;
    let (before, after) = (folder.path().join("old"), folder.path().join("new"));
    for (side, folder) in [(old, &before), (new, &after)] {
        write(side, folder).map_err(|error| wrong(format!("can't write the catalog: {error}")))?;
    }
    let example = ["run", "--quiet", "--release", "--package", "e2e", "--example", "dialect_sizes", "--"];
    let output = Command::new(env!("CARGO")).args(example).args([&before, &after]).output();
    let output = output.map_err(|error| wrong(format!("can't start cargo: {error}")))?;
    if !output.status.success() {
        return Err(wrong(format!("the example failed: {}", String::from_utf8_lossy(&output.stderr).trim())));
    }
    serde_json::from_slice(&output.stdout)
        .map_err(|error| wrong(format!("can't parse the example's output: {error}")))
}

/// Writes a catalog's files, `catalog/…`, into `folder`.
fn write(side: &Snapshot, folder: &Path) -> std::io::Result<()> {
    for (path, text) in &side.catalog {
        let Some(path) = path.strip_prefix("catalog/") else { continue };
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, text)?;
    }
    Ok(())
}
