//! Records the last run of the generator, so that the generator is skipped if none of its inputs and outputs have
//! changed.
//!
//! The record is stored next to the executable, one per build, so the generator always runs in a fresh checkout.

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};
use toolcrate_codegen::write::replace_file;
use toolcrate_codegen::{FormatCache, Generated, Options};

/// The last run of this program.
pub struct LastRun {
    file: PathBuf,
    key: String,
}

/// The output of a run.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSummary {
    /// To the standard output.
    pub output: String,
    /// To the standard error.
    pub warnings: String,
    /// The folder of the crate.
    pub out: String,
    /// How many files it has.
    pub files: usize,
}

/// Returns the identity of this build, and the path of the executable with another extension.
fn program_sibling(ending: &str) -> Option<(String, PathBuf)> {
    let program = std::env::current_exe().ok()?;
    let metadata = program.metadata().ok()?;
    let built = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some((format!("{} {}", metadata.len(), built.as_nanos()), program.with_extension(ending)))
}

/// Returns the file in which this build remembers how files were formatted.
pub fn format_cache() -> Option<FormatCache> {
    let (generator, file) = program_sibling("format-cache")?;
    Some(FormatCache { file, generator })
}

impl LastRun {
    /// Returns the last run of this build with these options.
    pub fn new(options: &Options) -> Option<Self> {
        let (generator, file) = program_sibling("last-run")?;
        let folder = std::env::current_dir().ok()?;
        let key = format!("{generator} {:?} {options:?}", folder.display());
        Some(Self { file, key: key.replace(['\n', '\r'], " ") })
    }

    /// Returns what the last run printed, if another run would do the same and find all files up to date.
    pub fn current_summary(&self) -> Option<RunSummary> {
        let text = std::fs::read_to_string(&self.file).ok()?;
        let mut lines = text.lines();
        if lines.next()? != self.key {
            return None;
        }
        let summary = serde_json::from_str(lines.next()?).ok()?;
        let hashes: Vec<(&str, &str)> = lines.map(|line| line.split_once('\t')).collect::<Option<_>>()?;
        let is_same =
            |(hash, path): &(&str, &str)| file_hash(Path::new(path)).is_some_and(|own| own == *hash);
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let is_current = std::thread::scope(|scope| {
            let chunks = hashes.chunks(hashes.len().div_ceil(workers).max(1));
            let handles: Vec<_> = chunks.map(|chunk| scope.spawn(|| chunk.iter().all(is_same))).collect();
            handles.into_iter().all(|handle| handle.join().unwrap_or(false))
        });
        is_current.then_some(summary)
    }

    /// Remembers a run after which all files are up to date. If that fails, the next run generates.
    pub fn remember(&self, generated: &Generated, summary: &RunSummary) {
        let Ok(summary) = serde_json::to_string(summary) else { return };
        let mut text = format!("{}\n{summary}\n", self.key);
        for path in &generated.inputs {
            // A lock that does not exist yet is empty.
            let Some(hash) = file_hash(path).filter(|_| !path.as_os_str().is_empty()) else { return };
            let _ = writeln!(text, "{hash}\t{}", path.display());
        }
        for (path, content) in generated.plan.files() {
            let _ = writeln!(text, "{}\t{}", hash(content.as_bytes()), path.display());
        }
        let _ = replace_file(&self.file, &text);
    }
}

fn file_hash(path: &Path) -> Option<String> {
    std::fs::read(path).ok().map(|bytes| hash(&bytes))
}

fn hash(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    format!("{:x}", hasher.finish())
}
