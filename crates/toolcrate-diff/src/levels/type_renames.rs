//! Maps the names of types in the old crate to their names in the new one.

use std::collections::BTreeMap;

/// The new names of types, by their old ones.
#[derive(Default)]
pub struct TypeRenames(BTreeMap<String, String>);

impl TypeRenames {
    /// Adds a type.
    pub fn add(&mut self, old: &str, new: &str) {
        self.0.insert(old.to_owned(), new.to_owned());
    }

    /// Returns the text of a type with the new names.
    pub fn apply(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find(|c: char| c.is_ascii_alphanumeric() || c == '_') {
            out.push_str(&rest[..start]);
            rest = &rest[start..];
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            let word = &rest[..end];
            out.push_str(self.0.get(word).map_or(word, String::as_str));
            rest = &rest[end..];
        }
        out + rest
    }
}
