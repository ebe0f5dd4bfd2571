//! Checks the catalog's text: all tools must be named in one style, and all arguments must be described.

use std::collections::BTreeSet;

use connectwise_psa::CATALOG;
use connectwise_psa::runtime::catalog::placeholder;
use connectwise_psa::runtime::{NameStyle, Tool, Value};

/// The page that lists arguments without a description.
const ARGUMENT_PAGE: &str = include_str!("../../generated/docs/arguments.md");

/// Returns all text that a tool list shows for a tool.
fn texts(tool: Tool, names: NameStyle) -> [String; 3] {
    [tool.title(), tool.description_in(names), tool.input_schema_in(names)]
}

/// Returns the tool names in a text.
fn tool_names(text: &str) -> impl Iterator<Item = &str> {
    let words =
        text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| word.contains('_'));
    words.filter(|word| {
        CATALOG.get(word).is_some_and(|tool| tool.name() == *word || tool.short_name() == *word)
    })
}

#[test]
fn every_description_uses_the_listed_tool_names() {
    let mut references = 0;
    for tool in CATALOG.tools() {
        for names in [NameStyle::Prefixed, NameStyle::Short] {
            for text in texts(tool, names) {
                for name in tool_names(&text) {
                    let named = CATALOG.get(name).unwrap();
                    assert_eq!(name, named.name_in(names), "{}: {text}", tool.name());
                    references += 1;
                }
            }
        }
    }
    assert!(references > 10_000, "{references}");
}

#[test]
fn every_placeholder_names_a_tool_and_is_rendered() {
    for tool in CATALOG.tools() {
        let line = tool.line().replace("{}", "");
        let shape = tool.shape(&tool.details()).map(|shape| shape.properties.inner_text().to_owned());
        for text in [tool.details().description.as_ref(), &line, &shape.unwrap_or_default()] {
            for name in placeholder::references(text).filter(|name| name.contains('_')) {
                assert!(CATALOG.get(name).is_some_and(|tool| tool.short_name() == name), "{name} in {text}");
            }
        }
        for text in texts(tool, NameStyle::Short) {
            let left = placeholder::references(&text).find(|name| CATALOG.get(name).is_some());
            assert_eq!(left, None, "{}: {text}", tool.name());
        }
        assert!(!tool.description_in(NameStyle::Short).contains(['{', '}']), "{}", tool.description());
    }
}

/// Returns true if a pattern on the page matches: a name, `*` for any text at an end, and optionally a type
/// before it.
fn is_left_out(name: &str, kind: &str) -> bool {
    let patterns = ARGUMENT_PAGE.lines().filter_map(|line| line.strip_prefix("- `")?.strip_suffix('`'));
    patterns.into_iter().any(|pattern| {
        let (wanted, pattern) = pattern.split_once(' ').unwrap_or((kind, pattern));
        wanted == kind
            && match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
                (Some(rest), _) => name.ends_with(rest),
                (_, Some(rest)) => name.starts_with(rest),
                _ => name == pattern,
            }
    })
}

#[test]
fn every_argument_is_described_or_left_out_on_purpose() {
    let mut missing = BTreeSet::new();
    let (mut all, mut left_out) = (0, 0);
    for tool in CATALOG.tools() {
        for (name, node) in tool.input_schema_value()["properties"].as_object().unwrap() {
            let kind = match (node.get("enum"), &node["type"]) {
                (Some(_), _) => "enum",
                (None, Value::String(kind)) => kind,
                _ => "object",
            };
            all += 1;
            if node.get("description").is_some() || kind == "boolean" && name.ends_with("Flag") {
                continue;
            }
            left_out += 1;
            if !is_left_out(name, kind) {
                missing.insert(format!("{kind} {name}"));
            }
        }
    }
    println!("{left_out} of {all} arguments are left without a description on purpose");
    assert_eq!(missing, BTreeSet::new());
}
