//! Writes annotations and step summaries for GitHub Actions.
//!
//! Does nothing if neither `GITHUB_ACTIONS` nor `GITHUB_STEP_SUMMARY` is set.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use toolcrate_codegen::diagnostic::Errors;
use toolcrate_diff::{Change, DiffReport};

/// Maximum number of annotations of one kind that GitHub shows per step. Further ones are silently dropped.
const SHOWN: usize = 10;
/// Maximum size of a step summary in bytes, with a margin.
const SUMMARY: usize = 1_000_000;

fn is_on() -> bool {
    std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true")
}

/// Returns true if a step summary can be written.
pub fn wants_summary() -> bool {
    std::env::var_os("GITHUB_STEP_SUMMARY").is_some_and(|path| !path.is_empty())
}

/// Appends `markdown` to the step summary, truncated if it is too long.
pub fn summary(markdown: &str) {
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else { return };
    let mut text = cut(markdown, SUMMARY).to_owned();
    if text.len() < markdown.len() {
        text.push_str("\n… truncated; the complete report is in the output of this step.\n");
    }
    let written = OpenOptions::new()
        .create(true)
        .append(true)
        .open(&path)
        .and_then(|mut file| file.write_all(text.as_bytes()));
    if let Err(error) = written {
        eprintln!("warning: can't write the step summary: {error}");
    }
}

/// Returns the complete lines of `text` that fit in `bytes`.
fn cut(text: &str, bytes: usize) -> &str {
    if text.len() <= bytes {
        return text;
    }
    let end = text.as_bytes()[..bytes].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    &text[..end]
}

/// Annotates errors in the input.
pub fn errors(errors: &Errors) {
    for error in errors.0.iter().take(SHOWN) {
        annotate("error", error.file.as_deref(), error.code, &error.to_string());
    }
}

/// Annotates the changes that fail the check, and problems in the allowlist.
pub fn changes(report: &DiffReport, failures: &[&Change]) {
    let file = Path::new(&report.new.file);
    let shown = if failures.len() > SHOWN { SHOWN - 1 } else { SHOWN };
    for change in failures.iter().take(shown) {
        let message = format!("{} ({})", change.sentence, change.pointer);
        annotate("error", Some(file), change.kind.id(), &message);
    }
    if failures.len() > shown {
        let message = format!("{} more changes are in the summary", failures.len() - shown);
        annotate("error", Some(file), "changes", &message);
    }
    for line in report.stale.iter().take(SHOWN) {
        annotate("warning", None, "allow-list", line);
    }
}

/// Annotates files that aren't up to date.
pub fn stale<'a>(files: impl Iterator<Item = &'a Path>) {
    for file in files.take(SHOWN) {
        annotate("error", Some(file), "not up to date", "run `cargo xtask regenerate` and commit the result");
    }
}

fn annotate(severity: &str, file: Option<&Path>, title: &str, message: &str) {
    if is_on() {
        println!("{}", annotation(severity, file, title, message));
    }
}

fn annotation(severity: &str, file: Option<&Path>, title: &str, message: &str) -> String {
    let file = file.map(|file| format!("file={},", property(&plain(file)))).unwrap_or_default();
    format!("::{severity} {file}title={}::{}", property(title), data(message))
}

/// Returns the path without `..`, relative to the repository root: the only form that GitHub shows at its
/// file.
fn plain(path: &Path) -> String {
    let mut parts: Vec<std::borrow::Cow<'_, str>> = Vec::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir if !parts.is_empty() => drop(parts.pop()),
            part => parts.push(part.as_os_str().to_string_lossy()),
        }
    }
    parts.join("/")
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn annotations_escape_what_would_end_them() {
        let line = annotation("error", Some(Path::new("specs/../a,b.json")), "a:b", "50 %\nnext");
        assert_eq!(line, "::error file=a%2Cb.json,title=a%3Ab::50 %25%0Anext");
    }

    #[test]
    fn a_summary_is_cut_between_lines() {
        assert_eq!(cut("one\ntwo\n", 100), "one\ntwo\n");
        assert_eq!(cut("one\ntwo\n", 6), "one\n");
        assert_eq!(cut("öne\ntwö\n", 7), "öne\n");
    }
}
