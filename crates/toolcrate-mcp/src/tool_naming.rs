//! Translates tool names in errors and lookups to the names that a client sees. For example, a client whose list
//! contains `create_a_ticket` doesn't know the tool by any other name.
//!
//! Errors are written the same way for all clients, so the names in them are replaced here. Descriptions use
//! placeholders instead, which are replaced when the catalog is rendered.

use std::borrow::Cow;

use toolcrate_runtime::{Catalog, NameStyle, Value};

/// Replaces tool names in text with names in this style.
fn rename_in_text<'a>(text: &'a str, catalog: &'static Catalog, names: NameStyle) -> Cow<'a, str> {
    // Most text contains no tool names.
    if !text.contains('_') {
        return Cow::Borrowed(text);
    }
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let (mut renamed, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(start) = rest.find(is_word) {
        let (before, after) = rest.split_at(start);
        let (word, after) = after.split_at(after.find(|c| !is_word(c)).unwrap_or(after.len()));
        renamed.push_str(before);
        renamed.push_str(rename_word(word, catalog, names));
        rest = after;
    }
    renamed.push_str(rest);
    if renamed == text { Cow::Borrowed(text) } else { Cow::Owned(renamed) }
}

/// Returns the word or, if it is a tool name, that tool's name in this style. Names from an earlier release are left
/// unchanged, because the reader used them.
fn rename_word<'a>(word: &'a str, catalog: &'static Catalog, names: NameStyle) -> &'a str {
    if !word.contains('_') {
        return word;
    }
    let tool = catalog.get(word).filter(|tool| tool.name() == word || tool.short_name() == word);
    tool.map_or(word, |tool| tool.name_in(names))
}

/// Renames tools in all strings of a value.
pub(crate) fn rename_in_value(value: &mut Value, catalog: &'static Catalog, names: NameStyle) {
    match value {
        Value::String(text) => rename(text, catalog, names),
        Value::Array(items) => items.iter_mut().for_each(|item| rename_in_value(item, catalog, names)),
        Value::Object(members) => {
            members.values_mut().for_each(|member| rename_in_value(member, catalog, names));
        }
        _ => {}
    }
}

fn rename(text: &mut String, catalog: &'static Catalog, names: NameStyle) {
    if let Cow::Owned(renamed) = rename_in_text(text, catalog, names) {
        *text = renamed;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::LIBRARY;

    #[test]
    fn only_tool_names_are_replaced() {
        let text = |text: &'static str, names| rename_in_text(text, LIBRARY.catalog, names);
        let mixed = "From list_all_city_library_books (create_a_book), é_é, list_all_city_library_nothing.";
        let short = "From list_all_books (create_a_book), é_é, list_all_city_library_nothing.";
        let full = "From list_all_city_library_books (create_a_city_library_book), é_é, list_all_city_library_nothing.";
        assert_eq!(text(mixed, NameStyle::Short), short);
        assert_eq!(text(mixed, NameStyle::Prefixed), full);
        assert!(matches!(text("No tool, no_tool.", NameStyle::Short), Cow::Borrowed(_)));
    }
}
