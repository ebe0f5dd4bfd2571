//! Checks the rule that text must not contain the phrases listed in `xtask/banned_phrases.txt`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;
use fancy_regex::Regex;

use super::files;
use super::violation::{Rule, Violation};

const PHRASES: &str = include_str!("../../banned_phrases.txt");
/// Extensions of files with text that people or models read.
const EXTENSIONS: [&str; 11] = ["html", "j2", "js", "jsonl", "md", "mjs", "py", "rs", "sh", "ts", "yaml"];
/// Folders that [`files::walk`] skips although they contain text to check.
const FURTHER_FOLDERS: [&str; 3] = [".ci", ".github", "generated"];
/// Generated files are reported by folder, because they are all fixed at once.
const GENERATED: &str = "generated/";
/// A file that repeats the catalog's records.
const COPY_OF_THE_CATALOG: &str = "generated/docs/tools.html";
/// Line prefixes that are markup rather than text.
const MARKERS: [&str; 7] = ["///", "//!", "//", "#", "*", ">", "|"];
const MAX_SHOWN: usize = 3;

/// Reports the files that contain banned phrases.
pub(crate) fn violations(root: &Path) -> anyhow::Result<Vec<Violation>> {
    let phrases = Phrases::parse(PHRASES)?;
    let mut matches: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in paths(root)? {
        let relative = files::display(root, &path);
        let is_text = path.extension().is_some_and(|end| EXTENSIONS.iter().any(|text| end == *text));
        let is_test = relative.split('/').any(|part| part == "tests");
        if !is_text || is_test || relative == COPY_OF_THE_CATALOG {
            continue;
        }
        let found = phrases.find(&relative, &files::read(&path)?)?;
        if !found.is_empty() {
            matches.entry(subject(&relative)).or_default().extend(found);
        }
    }
    let violation = |(subject, found): (String, Vec<String>)| Violation {
        rule: Rule::BannedPhrase,
        subject,
        count: found.len(),
        detail: format!("{} phrases, first {}", found.len(), found[..found.len().min(MAX_SHOWN)].join("; ")),
    };
    Ok(matches.into_iter().map(violation).collect())
}

fn paths(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut paths = files::walk(root)?;
    for folder in FURTHER_FOLDERS.map(|folder| root.join(folder)) {
        if folder.is_dir() {
            paths.extend(files::walk(&folder)?);
        }
    }
    Ok(paths)
}

/// Returns the path, or a generated file's folder.
fn subject(relative: &str) -> String {
    let folder = relative.strip_prefix(GENERATED).and_then(|rest| rest.split('/').next());
    folder.map_or_else(|| relative.to_owned(), |folder| format!("{GENERATED}{folder}"))
}

struct Phrases {
    /// Matches every phrase: a single pass over a text is faster than one per phrase.
    any: Regex,
    each: Vec<(Regex, String)>,
}

impl Phrases {
    fn parse(list: &str) -> anyhow::Result<Self> {
        let mut each = Vec::new();
        let mut patterns = Vec::new();
        for line in list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (pattern, suggestion) = line
                .rsplit_once(" => ")
                .with_context(|| format!("expected `regular expression => suggestion`, got {line:?}"))?;
            let whole = Regex::new(&format!("(?i)^(?:{pattern})$")).with_context(|| pattern.to_owned())?;
            each.push((whole, suggestion.to_owned()));
            patterns.push(format!("(?:{pattern})"));
        }
        Ok(Self { any: Regex::new(&format!("(?i){}", patterns.join("|")))?, each })
    }

    /// Returns a line for each match: its location, the phrase, and what to write instead.
    fn find(&self, path: &str, text: &str) -> anyhow::Result<Vec<String>> {
        let (joined, starts) = join_lines(text);
        let mut found = Vec::new();
        for phrase in self.any.find_iter(&joined) {
            let phrase = phrase?;
            let line = starts.partition_point(|start| *start <= phrase.start());
            let is_it = |(pattern, _): &&(Regex, String)| pattern.is_match(phrase.as_str()).unwrap_or(false);
            let suggestion = self.each.iter().find(is_it).map_or("", |(_, suggestion)| suggestion);
            found.push(format!("{path}:{line}: \"{}\" (write: {suggestion})", phrase.as_str()));
        }
        Ok(found)
    }
}

/// Joins lines, so phrases are found across line breaks and comment markers. Also returns where each line starts.
///
/// Non-ASCII characters are replaced, because regular expressions match much faster without them.
fn join_lines(text: &str) -> (String, Vec<usize>) {
    let (mut joined, mut starts) = (String::with_capacity(text.len()), Vec::new());
    for line in text.lines() {
        starts.push(joined.len());
        let mut line = line.trim();
        for marker in MARKERS {
            line = line.strip_prefix(marker).unwrap_or(line).trim_start();
        }
        let line = line.trim_end_matches('\\').trim_end();
        joined.extend(line.chars().map(|letter| if letter.is_ascii() { letter } else { '~' }));
        joined.push(' ');
    }
    (joined, starts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(text: &str) -> Vec<String> {
        let list = "# comment\nas red as => like\n\\bblues? or green\\b => teal\n";
        Phrases::parse(list).unwrap().find("a.rs", text).unwrap()
    }

    #[test]
    fn phrases_are_found_across_lines_and_markers() {
        assert_eq!(
            find("/// It is as red\n    /// as…\nlet x = \"a Blue or \\\n   green\";"),
            ["a.rs:1: \"as red as\" (write: like)", "a.rs:3: \"Blue or green\" (write: teal)",]
        );
        assert_eq!(find("the blue or greenish"), Vec::<String>::new());
    }

    #[test]
    fn the_list_is_valid() {
        assert!(Phrases::parse(PHRASES).unwrap().each.len() > 30);
        assert!(Phrases::parse("no suggestion").is_err() && Phrases::parse("( => x").is_err());
    }

    #[test]
    fn generated_files_are_reported_by_folder() {
        assert_eq!(subject("generated/src/models/ticket.rs"), "generated/src");
        assert_eq!(subject("docs/README.md"), "docs/README.md");
    }
}
