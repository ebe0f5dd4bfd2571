//! Checks the documentation of the generated models: each type must have a sentence, and each field a comment.

use std::path::{Path, PathBuf};

/// Returns the files of all models.
fn files() -> Vec<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated/src");
    let areas = source.read_dir().unwrap().map(|entry| entry.unwrap().path());
    let folders = areas.filter(|area| area.is_dir()).map(|area| match area.ends_with("shared") {
        true => area,
        false => area.join("models"),
    });
    let files = folders.flat_map(|folder| folder.read_dir().unwrap()).map(|entry| entry.unwrap().path());
    files.filter(|file| !file.ends_with("mod.rs")).collect()
}

/// Returns a file's public types with the first lines of their comments.
fn types(text: &str) -> Vec<(String, String)> {
    let mut first = None;
    let mut types = Vec::new();
    for line in text.lines() {
        if let Some(comment) = line.strip_prefix("/// ") {
            first.get_or_insert(comment.to_owned());
        } else if let Some(item) = line.strip_prefix("pub struct ").or(line.strip_prefix("pub enum ")) {
            let name = item.trim_end_matches([' ', '{']).to_owned();
            types.push((name, first.take().unwrap_or_default()));
        } else if !line.starts_with("#[") && line != "///" {
            first = None;
        }
    }
    types
}

/// Returns true if a comment says more than the type's name.
fn is_sentence(name: &str, comment: &str) -> bool {
    let text = comment.split("](").map(|part| part.split_once(')').map_or(part, |(_, rest)| rest));
    let text = text.collect::<Vec<_>>().join(" ").to_lowercase();
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let name = name.to_lowercase();
    let own = words.filter(|word| !matches!(*word, "a" | "an" | "the" | "schema") && !name.contains(word));
    comment.ends_with(['.', '?', '!']) && own.count() > 0
}

#[test]
fn every_type_has_an_informative_sentence() {
    let mut count = 0;
    let mut poor = Vec::new();
    for file in files() {
        for (name, comment) in types(&std::fs::read_to_string(file).unwrap()) {
            count += 1;
            if !is_sentence(&name, &comment) {
                poor.push(format!("{name}: {comment}"));
            }
        }
    }
    println!("{count} types");
    assert!(count > 800, "{count}");
    assert!(poor.is_empty(), "{}", poor.join("\n"));
}

/// Returns a file's public functions with the first lines of their comments.
fn functions(text: &str) -> Vec<(String, String)> {
    let mut first = None;
    let mut functions = Vec::new();
    for line in text.lines() {
        if let Some(comment) = line.strip_prefix("/// ") {
            first.get_or_insert(comment.to_owned());
        } else if let Some(item) = line.strip_prefix("pub fn ") {
            let name = item.split('(').next().unwrap_or_default().to_owned();
            functions.push((name, first.take().unwrap_or_default()));
        } else if line.is_empty() {
            first = None;
        }
    }
    functions
}

#[test]
fn every_operation_has_a_sentence_and_a_place_in_its_area() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated/src");
    let mut count = 0;
    for area in source.read_dir().unwrap().map(|entry| entry.unwrap().path()).filter(|area| area.is_dir()) {
        let overview = std::fs::read_to_string(area.join("mod.rs")).unwrap();
        for file in area.read_dir().unwrap().map(|entry| entry.unwrap().path()).filter(|file| file.is_file())
        {
            for (name, comment) in functions(&std::fs::read_to_string(file).unwrap()) {
                count += 1;
                assert!(comment.ends_with('.') && comment.split(' ').count() > 1, "{name}: {comment}");
                assert!(overview.contains(&format!("](fn@{name})")), "{name} isn't in the area's table");
            }
        }
    }
    println!("{count} operations");
    assert_eq!(count, connectwise_psa::CATALOG.len());
}

#[test]
fn modules_stay_short_without_duplicate_cfgs() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated/src");
    for area in source.read_dir().unwrap().map(|entry| entry.unwrap().path()).filter(|area| area.is_dir()) {
        for file in [area.join("mod.rs"), area.join("models/mod.rs")] {
            let Ok(text) = std::fs::read_to_string(&file) else { continue };
            assert!(text.lines().count() < 1_000, "{}", file.display());
            assert!(!text.contains("#[cfg"), "{}", file.display());
        }
    }
    let root = std::fs::read_to_string(source.join("lib.rs")).unwrap();
    let conditions = root.lines().filter(|line| line.starts_with("#[cfg(feature = \"procurement\")"));
    assert_eq!(conditions.count(), 1);
}
