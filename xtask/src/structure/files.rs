//! Walks the source files, and checks the rule about their length.

use std::path::{Path, PathBuf};

use anyhow::Context;

use super::violation::{Rule, Violation};

const MAX_LINES: usize = 500;
/// Folders without hand-written code: build output, generated code, expected output of golden tests.
const SKIPPED_FOLDERS: [&str; 5] = ["target", "generated", "expected", "node_modules", "golden"];

/// Reports hand-written Rust files that are too long.
pub(crate) fn too_long(root: &Path) -> anyhow::Result<Vec<Violation>> {
    let mut violations = Vec::new();
    for path in walk(root)?.into_iter().filter(|path| path.extension().is_some_and(|end| end == "rs")) {
        let lines = read(&path)?.lines().count();
        if lines > MAX_LINES {
            violations.push(Violation {
                rule: Rule::FileLength,
                subject: display(root, &path),
                count: 1,
                detail: format!("{lines} lines; split it by concern"),
            });
        }
    }
    Ok(violations)
}

/// Returns all files below `folder`, sorted. Hidden folders and those without hand-written code are skipped.
pub(crate) fn walk(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let (mut found, mut pending) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = pending.pop() {
        let failed = || format!("can't read {}", folder.display());
        for entry in std::fs::read_dir(&folder).with_context(failed)? {
            let entry = entry.with_context(failed)?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if !entry.file_type().with_context(failed)?.is_dir() {
                found.push(entry.path());
            } else if !name.starts_with('.') && !SKIPPED_FOLDERS.contains(&name.as_ref()) {
                pending.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

pub(crate) fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("can't read {}", path.display()))
}

/// Returns `path` relative to `root`, with forward slashes.
pub(crate) fn display(root: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(root).unwrap_or(path);
    relative.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}
