//! Skips formatting for generated Rust files that haven't changed, because formatting takes longer than everything
//! else.
//!
//! For each file, the cache remembers the tokens that the last run generated. If the new tokens are the same and the
//! file on disk is unchanged, the file isn't formatted again.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::emit::Files;
use crate::write::replace_file;

/// Where the hashes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatCache {
    /// The file, which is replaced. It is no part of the output, and may be deleted at any time.
    pub file: PathBuf,
    /// Identifies the build of the generator: the hashes of another one are not used.
    pub generator: String,
}

/// The hashes of the last run.
pub(crate) struct FormattedFiles {
    out: PathBuf,
    header: String,
    /// The hash of the tokens and that of the text, by path.
    hashes: HashMap<String, (u64, u64)>,
}

impl FormattedFiles {
    /// Reads the hashes of the files below `out`; none if they are of another generator or another folder.
    pub(crate) fn read(cache: &FormatCache, out: &Path) -> Self {
        let header = format!("{}\t{}\n", cache.generator, out.display());
        let text = std::fs::read_to_string(&cache.file).unwrap_or_default();
        let lines = text.strip_prefix(&header).unwrap_or_default().lines();
        let hashes = lines.filter_map(|line| {
            let mut parts = line.split('\t');
            let path = parts.next()?.to_owned();
            let mut hash = || u64::from_str_radix(parts.next()?, 16).ok();
            Some((path, (hash()?, hash()?)))
        });
        let hashes = hashes.collect();
        Self { out: out.to_owned(), header, hashes }
    }

    /// Returns the text of the file at `path`, if it was made of these tokens and has not changed since.
    pub(crate) fn find_text(&self, path: &str, tokens: u64) -> Option<String> {
        let (known, expected) = self.hashes.get(path)?;
        let text = (*known == tokens).then(|| std::fs::read_to_string(self.out.join(path)).ok()).flatten()?;
        (text_hash(&text) == *expected).then_some(text)
    }

    /// Replaces the hashes by those of `files`. If that fails, the next run formats all files.
    pub(crate) fn write(&self, cache: &FormatCache, files: &Files, tokens: &BTreeMap<String, u64>) {
        let mut text = self.header.clone();
        let mut is_same = tokens.len() == self.hashes.len();
        for (path, tokens) in tokens {
            let Some(file) = files.get(path) else { continue };
            let hashes = (*tokens, text_hash(file));
            is_same &= self.hashes.get(path) == Some(&hashes);
            let _ = writeln!(text, "{path}\t{:x}\t{:x}", hashes.0, hashes.1);
        }
        if is_same {
            return;
        }
        let _ = replace_file(&cache.file, &text);
    }
}

fn text_hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unchanged_files_of_the_same_tokens_are_reused() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        std::fs::create_dir(&out).unwrap();
        std::fs::write(out.join("a.rs"), "a").unwrap();
        let cache = FormatCache { file: folder.path().join("cache"), generator: "1".to_owned() };
        let files = Files::from([("a.rs".to_owned(), "a".to_owned()), ("b".to_owned(), "b".to_owned())]);
        let empty = FormattedFiles::read(&cache, &out);
        assert_eq!(empty.find_text("a.rs", 7), None);
        empty.write(&cache, &files, &BTreeMap::from([("a.rs".to_owned(), 7)]));
        let read = FormattedFiles::read(&cache, &out);
        assert_eq!(read.find_text("a.rs", 7).as_deref(), Some("a"));
        assert_eq!(read.find_text("a.rs", 8), None, "other tokens");
        assert_eq!(read.find_text("b", 7), None, "no Rust");
        let other = FormatCache { generator: "2".to_owned(), ..cache.clone() };
        assert_eq!(FormattedFiles::read(&other, &out).find_text("a.rs", 7), None, "another generator");
        assert_eq!(FormattedFiles::read(&cache, folder.path()).find_text("a.rs", 7), None, "another folder");
        std::fs::write(out.join("a.rs"), "edited").unwrap();
        assert_eq!(read.find_text("a.rs", 7), None, "an edited file");
    }
}
