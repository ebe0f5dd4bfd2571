//! The release note of the real pair: `generated/CHANGES.md` is what comes out today, and its figures are
//! those of the two documents, counted here without the generator.

mod support;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::OnceLock;

use serde_json::Value;
use toolcrate_codegen::diff::{self, Settings, Source, note};

const RELEASES: [&str; 2] = ["2022.1", "2025.1"];

fn rendered() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let settings = Settings::read(&root.join("specs/toolcrate.yaml")).unwrap();
    let [old, new] =
        RELEASES.map(|release| Source { file: release.into(), bytes: support::release(release) });
    let (old, new) = diff::read(&old, &new, &settings).unwrap();
    note::render(&diff::compare(&old, &new, &settings.profile), &old, &new).unwrap()
}

/// The note, made once for all tests.
fn note() -> &'static str {
    static NOTE: OnceLock<String> = OnceLock::new();
    NOTE.get_or_init(rendered)
}

/// Method and path of every operation of a document.
fn operations(release: &str) -> BTreeSet<(String, String)> {
    let document: Value = serde_json::from_slice(&support::release(release)).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let methods = ["get", "put", "post", "delete", "patch", "head", "options"];
    let of_path = |(path, item): (&String, &Value)| -> Vec<(String, String)> {
        let has = |method: &&&str| item.get(**method).is_some();
        methods.iter().filter(has).map(|method| ((*method).to_owned(), path.clone())).collect()
    };
    paths.iter().flat_map(of_path).collect()
}

#[test]
fn the_note_in_the_crate_is_the_one_that_is_made_today() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated/CHANGES.md");
    let note = note();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, note).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    let diff = similar::TextDiff::from_lines(expected.as_str(), note);
    assert_eq!(expected, note, "UPDATE_GOLDEN=1 accepts this:\n{}", diff.unified_diff());
    assert_eq!(note, rendered(), "the same each time");
}

#[test]
fn its_figures_are_those_of_the_documents() {
    let [old, new] = RELEASES.map(operations);
    let (added, gone) = (new.difference(&old).count(), old.difference(&new).count());
    assert_eq!((old.len(), new.len()), (2814, 3053));
    let expected =
        format!("2814 operations became 3053: by method and path {added} are new and {gone} gone.\n");
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
fn it_is_a_page_and_not_a_dump() {
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
    assert!(note.lines().count() < 900, "{} lines", note.lines().count());
}
