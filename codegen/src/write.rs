//! Stage 7: writes the generated files to disk atomically.
//!
//! Only files whose bytes differ are touched. Files that an earlier run generated, but this one doesn't, are deleted.
//! `manifest.txt` lists all generated files, so other files are never deleted or overwritten. New files are first
//! written next to the folder and then moved into place, and old files are kept until the last move is done, so a
//! failed run leaves the folder unchanged.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use similar::TextDiff;

use crate::diagnostic::{CodegenError, Errors};
use crate::emit::Files;

/// The file in the output folder that lists all emitted files.
pub const MANIFEST: &str = "manifest.txt";

/// The files that a run changes, or would change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileChanges {
    /// New files.
    pub added: Vec<PathBuf>,
    /// Files whose bytes differ.
    pub changed: Vec<PathBuf>,
    /// Files that are no longer emitted.
    pub removed: Vec<PathBuf>,
    /// The number of unchanged files.
    pub unchanged: usize,
}

impl FileChanges {
    /// Returns true if the files on disk are up to date.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }
}

/// The output of a run: contents by path, and the old files to delete.
#[derive(Clone, Debug, Default)]
pub struct WritePlan {
    wanted: BTreeMap<PathBuf, String>,
    stale: BTreeSet<PathBuf>,
    /// Existing files or folders that would be overwritten but weren't emitted before.
    foreign: BTreeSet<PathBuf>,
    out: PathBuf,
}

impl WritePlan {
    /// Plans to write `files` below `out`, and `extra` files (such as the lock file) to their own paths.
    ///
    /// # Errors
    /// Returns `E040` if the manifest of an earlier run can't be read.
    pub fn new(out: &Path, files: Files, extra: Vec<(PathBuf, String)>) -> Result<Self, Errors> {
        let mut manifest = String::from("# Files written by `cargo xtask regenerate`; do not edit.\n");
        for path in files.keys() {
            manifest.push_str(path);
            manifest.push('\n');
        }
        let known = read(&out.join(MANIFEST))?;
        let is_empty = || out.read_dir().is_ok_and(|mut entries| entries.next().is_none());
        let mut foreign = BTreeSet::new();
        if known.is_none() && out.is_dir() && !is_empty() {
            foreign.insert(out.to_owned());
        }
        let known = known.unwrap_or_default();
        let listed: BTreeSet<&str> = known.lines().collect();
        if !listed.is_empty() {
            let unlisted = files.keys().filter(|path| !listed.contains(path.as_str()));
            foreign.extend(unlisted.map(|path| out.join(path)).filter(|path| path.exists()));
        }
        let stale = known
            .lines()
            .filter(|line| !line.starts_with('#') && !files.contains_key(*line) && is_inside(line))
            .map(|line| out.join(line))
            .filter(|path| path.exists())
            .collect();
        let mut wanted: BTreeMap<PathBuf, String> =
            files.into_iter().map(|(path, text)| (out.join(path), text)).collect();
        wanted.insert(out.join(MANIFEST), manifest);
        wanted.extend(extra);
        Ok(Self { wanted, stale, foreign, out: out.to_owned() })
    }

    /// Returns all files that the plan is about, with their contents.
    pub fn files(&self) -> impl Iterator<Item = (&Path, &str)> {
        self.wanted.iter().map(|(path, text)| (path.as_path(), text.as_str()))
    }

    /// Compares the plan with the files on disk.
    ///
    /// # Errors
    /// Returns `E040` if a file can't be read.
    pub fn changes(&self) -> Result<FileChanges, Errors> {
        let mut changes =
            FileChanges { removed: self.stale.iter().cloned().collect(), ..FileChanges::default() };
        let wanted: Vec<(&PathBuf, &String)> = self.wanted.iter().collect();
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let compared: Vec<Result<FileChanges, Errors>> = std::thread::scope(|scope| {
            let chunks = wanted.chunks(wanted.len().div_ceil(workers).max(1));
            let handles: Vec<_> = chunks.map(|chunk| scope.spawn(|| compare(chunk))).collect();
            let join = |handle: std::thread::ScopedJoinHandle<'_, _>| {
                handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            handles.into_iter().map(join).collect()
        });
        for compared in compared {
            let FileChanges { added, changed, unchanged, .. } = compared?;
            changes.added.extend(added);
            changes.changed.extend(changed);
            changes.unchanged += unchanged;
        }
        Ok(changes)
    }

    /// Returns a unified diff for `changes`, file by file, with at most `limit` lines.
    ///
    /// # Errors
    /// Returns `E040` if a file can't be read.
    pub fn diff(&self, changes: &FileChanges, limit: usize) -> Result<String, Errors> {
        let mut text = String::new();
        for path in changes.added.iter().chain(&changes.changed).chain(&changes.removed) {
            let old = read(path)?.unwrap_or_default();
            let new = self.wanted.get(path).map_or("", String::as_str);
            let name = path.display().to_string();
            let diff = TextDiff::from_lines(old.as_str(), new);
            text.push_str(&diff.unified_diff().context_radius(2).header(&name, &name).to_string());
            if text.lines().count() > limit {
                let mut short: String = text.lines().take(limit).flat_map(|line| [line, "\n"]).collect();
                short.push_str("… (more differences are not shown)\n");
                return Ok(short);
            }
        }
        Ok(text)
    }

    /// Writes `changes` to disk.
    ///
    /// # Errors
    /// - `E041` if something can't be written; the old state is then restored.
    /// - `E043` if a file or the folder was not written by the generator.
    pub fn apply(&self, changes: &FileChanges) -> Result<(), Errors> {
        if changes.is_empty() {
            return Ok(());
        }
        self.require_own(changes)?;
        let failed = |path: &Path, error: &io::Error| {
            Errors::from(
                CodegenError::new("E041", format!("can't be written: {error}; nothing was changed"))
                    .in_file(path),
            )
        };
        let parent = existing_ancestor(&self.out);
        let staging = tempfile::Builder::new()
            .prefix(".regenerate-")
            .tempdir_in(&parent)
            .map_err(|error| failed(&self.out, &error))?;
        let mut moves = ReversibleMoves::default();
        let targets = changes.added.iter().chain(&changes.changed);
        let mut staged = Vec::new();
        for (number, path) in targets.enumerate() {
            let new = staging.path().join(format!("new-{number}"));
            fs::write(&new, &self.wanted[path]).map_err(|error| failed(path, &error))?;
            staged.push((new, path));
        }
        let run = |moves: &mut ReversibleMoves| -> Result<(), (PathBuf, io::Error)> {
            for (number, path) in changes.changed.iter().chain(&changes.removed).enumerate() {
                let kept = staging.path().join(format!("old-{number}"));
                moves.rename(path, &kept).map_err(|error| (path.clone(), error))?;
            }
            for (new, path) in &staged {
                moves.create_parents(path).map_err(|error| ((*path).clone(), error))?;
                moves.rename(new, path).map_err(|error| ((*path).clone(), error))?;
            }
            Ok(())
        };
        if let Err((path, error)) = run(&mut moves) {
            moves.undo();
            return Err(failed(&path, &error));
        }
        for path in &changes.removed {
            remove_empty_parents(path, &self.out);
        }
        Ok(())
    }

    /// Fails if `changes` would overwrite something that the generator didn't write.
    fn require_own(&self, changes: &FileChanges) -> Result<(), Errors> {
        let is_touched = |path: &&PathBuf| **path == self.out || changes.changed.contains(path);
        let refuse = |path: &PathBuf| {
            let message =
                "was not written by the generator; nothing was changed. Choose another folder or remove it";
            CodegenError::new("E043", message).in_file(path)
        };
        Errors(self.foreign.iter().filter(is_touched).map(refuse).collect()).into_result()
    }
}

/// Compares contents with the files on disk.
fn compare(wanted: &[(&PathBuf, &String)]) -> Result<FileChanges, Errors> {
    let mut changes = FileChanges::default();
    for (path, text) in wanted {
        match read_bytes(path)? {
            None => changes.added.push((*path).clone()),
            Some(old) if old == text.as_bytes() => changes.unchanged += 1,
            Some(_) => changes.changed.push((*path).clone()),
        }
    }
    Ok(changes)
}

/// Renames that can be undone.
#[derive(Default)]
struct ReversibleMoves {
    done: Vec<(PathBuf, PathBuf)>,
    folders: Vec<PathBuf>,
}

impl ReversibleMoves {
    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)?;
        self.done.push((from.to_owned(), to.to_owned()));
        Ok(())
    }

    /// A relative path ends with an empty ancestor, the working folder, which exists.
    fn create_parents(&mut self, path: &Path) -> io::Result<()> {
        let is_missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
        let missing: Vec<PathBuf> =
            path.ancestors().skip(1).take_while(is_missing).map(Path::to_owned).collect();
        for folder in missing.iter().rev() {
            fs::create_dir(folder)?;
            self.folders.push(folder.clone());
        }
        Ok(())
    }

    /// This is a best effort: anything that can't be moved back remains in the staging folder.
    fn undo(self) {
        for (from, to) in self.done.iter().rev() {
            let _ = fs::rename(to, from);
        }
        for folder in self.folders.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Replaces a file that is not part of a plan, so that a concurrent run never reads an incomplete one.
///
/// # Errors
/// Returns an error if the file can't be written; the old one is then unchanged.
pub fn replace_file(path: &Path, text: &str) -> io::Result<()> {
    let file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
    fs::write(file.path(), text)?;
    file.persist(path)?;
    Ok(())
}

/// A manifest line that points outside the folder wasn't written by us.
fn is_inside(line: &str) -> bool {
    Path::new(line).components().all(|part| matches!(part, std::path::Component::Normal(_)))
}

fn existing_ancestor(path: &Path) -> PathBuf {
    let found = path.ancestors().skip(1).find(|folder| folder.is_dir());
    found.map_or_else(|| PathBuf::from("."), Path::to_owned)
}

fn remove_empty_parents(path: &Path, out: &Path) {
    for folder in path.ancestors().skip(1).take_while(|folder| folder.starts_with(out) && *folder != out) {
        if fs::remove_dir(folder).is_err() {
            break;
        }
    }
}

fn read_bytes(path: &Path) -> Result<Option<Vec<u8>>, Errors> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(CodegenError::new("E040", format!("can't be read: {error}")).in_file(path).into()),
    }
}

fn read(path: &Path) -> Result<Option<String>, Errors> {
    Ok(read_bytes(path)?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(pairs: &[(&str, &str)]) -> Files {
        pairs.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
    }

    fn write(out: &Path, pairs: &[(&str, &str)]) -> FileChanges {
        let plan = WritePlan::new(out, files(pairs), Vec::new()).unwrap();
        let changes = plan.changes().unwrap();
        plan.apply(&changes).unwrap();
        changes
    }

    #[test]
    fn only_changed_files_are_written_and_stale_files_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        write(&out, &[("src/a.rs", "a"), ("src/old/b.rs", "b")]);
        fs::write(out.join("src/mine.rs"), "mine").unwrap();
        let before = fs::metadata(out.join("src/a.rs")).unwrap().modified().unwrap();
        let changes = write(&out, &[("src/a.rs", "a"), ("src/c.rs", "c")]);
        assert_eq!(changes.removed, [out.join("src/old/b.rs")]);
        assert_eq!(changes.added, [out.join("src/c.rs")]);
        assert_eq!(changes.unchanged, 1);
        assert_eq!(fs::metadata(out.join("src/a.rs")).unwrap().modified().unwrap(), before);
        assert!(!out.join("src/old").exists(), "an empty folder goes too");
        assert!(out.join("src/mine.rs").exists(), "a file that was not emitted stays");
        assert!(write(&out, &[("src/a.rs", "a"), ("src/c.rs", "c")]).is_empty());
    }

    #[test]
    fn files_the_generator_did_not_write_are_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let refusal = |out: &Path, pairs: &[(&str, &str)]| {
            let plan = WritePlan::new(out, files(pairs), Vec::new()).unwrap();
            plan.apply(&plan.changes().unwrap()).unwrap_err().to_string()
        };
        let out = folder.path().join("mine");
        fs::create_dir(&out).unwrap();
        fs::write(out.join("Cargo.toml"), "mine").unwrap();
        assert!(refusal(&out, &[("src/a.rs", "a")]).contains("E043"));
        assert_eq!(fs::read_dir(&out).unwrap().count(), 1, "nothing was written");

        let out = folder.path().join("ours");
        write(&out, &[("a.rs", "a")]);
        fs::write(out.join("b.rs"), "mine").unwrap();
        assert!(refusal(&out, &[("a.rs", "a"), ("b.rs", "b")]).contains("b.rs: was not written"));
        assert_eq!(fs::read_to_string(out.join("b.rs")).unwrap(), "mine");
        write(&out, &[("a.rs", "a"), ("b.rs", "mine")]);
    }

    #[test]
    fn failed_run_leaves_the_old_tree() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        write(&out, &[("a.rs", "old"), ("b.rs", "old")]);
        // A folder occupies a file's path, so the move fails after others have been made.
        fs::create_dir_all(out.join("z.rs/full")).unwrap();
        let plan = WritePlan::new(&out, files(&[("a.rs", "new"), ("z.rs", "z")]), Vec::new()).unwrap();
        let changes = FileChanges {
            added: vec![out.join("z.rs")],
            changed: vec![out.join("a.rs")],
            removed: vec![out.join("b.rs")],
            unchanged: 0,
        };
        let error = plan.apply(&changes).unwrap_err().to_string();
        assert!(error.contains("E041") && error.contains("nothing was changed"), "{error}");
        assert_eq!(fs::read_to_string(out.join("a.rs")).unwrap(), "old");
        assert_eq!(fs::read_to_string(out.join("b.rs")).unwrap(), "old");
        let left: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["out"], "the staging folder is gone");
    }

    #[test]
    fn manifest_with_outside_paths_deletes_nothing_there() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        fs::create_dir(&out).unwrap();
        fs::write(folder.path().join("precious"), "x").unwrap();
        fs::write(out.join(MANIFEST), "../precious\n/etc/hostname\n").unwrap();
        assert!(write(&out, &[("a", "a")]).removed.is_empty());
        assert!(folder.path().join("precious").exists());
    }

    #[test]
    fn diff_shows_old_and_new_lines() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &[("a", "one\ntwo\n")]);
        let plan = WritePlan::new(folder.path(), files(&[("a", "one\nthree\n")]), Vec::new()).unwrap();
        let changes = plan.changes().unwrap();
        let diff = plan.diff(&changes, 100).unwrap();
        assert!(diff.contains("-two\n+three"), "{diff}");
    }
}
