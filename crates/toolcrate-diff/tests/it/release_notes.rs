//! Checks the release notes for the two real releases: `generated/CHANGES.md` must match the current output, and its
//! figures must match the documents, which are counted here without the generator.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use toolcrate_diff::{compare, read, release_notes};
use toolcrate_testing::specs::{self, RELEASES, parse_release, workspace_root};

use crate::support::{settings, source};

fn render() -> String {
    let settings = settings();
    let [old, new] = RELEASES.map(source);
    let (old, new) = read(&old, &new, &settings).unwrap();
    release_notes::render(&compare(&old, &new, &settings.profile), &old, &new).unwrap()
}

/// Returns the release notes, created once for all tests.
fn note() -> &'static str {
    static NOTE: OnceLock<String> = OnceLock::new();
    NOTE.get_or_init(render)
}

#[test]
fn committed_release_note_is_current() {
    let path = workspace_root().join("generated/CHANGES.md");
    let note = note();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, note).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    let diff = similar::TextDiff::from_lines(expected.as_str(), note);
    assert_eq!(expected, note, "UPDATE_GOLDEN=1 accepts this:\n{}", diff.unified_diff());
    assert_eq!(note, render(), "the same each time");
}

#[test]
fn release_note_figures_match_the_specs() {
    let [old, new]: [BTreeSet<(String, String)>; 2] =
        RELEASES.map(|release| specs::operations(&parse_release(release)));
    let (added, gone) = (new.difference(&old).count(), old.difference(&new).count());
    let expected = format!(
        "The number of operations changed from {} to {}. Counted by method and path, {added} were added and {gone} were removed.\n",
        old.len(),
        new.len()
    );
    let note = note();
    assert!(note.contains(&expected), "{expected}{}", note.lines().take(6).collect::<Vec<_>>().join("\n"));
    for (method, path) in old.difference(&new) {
        let key = format!("`{} {path}`", method.to_uppercase());
        assert!(note.contains(&key), "{key} is told");
    }
    for (method, path) in new.difference(&old) {
        let key = format!("`{} {path}`", method.to_uppercase());
        assert!(note.contains(&key), "{key} is told");
    }
}

#[test]
fn release_note_is_short() {
    let note = note();
    let mut depth = 0;
    let mut open = 0;
    for line in note.lines() {
        depth += usize::from(line.starts_with("<details>"));
        open += usize::from(depth == 0 && !line.is_empty());
        depth -= usize::from(line == "</details>");
    }
    assert_eq!(depth, 0, "every folded part ends");
    assert!(open < 120, "{open} lines stand open");
    // Each breaking change to the crate has a line, in a folded part.
    assert!(note.lines().count() < 1200, "{} lines", note.lines().count());
}
