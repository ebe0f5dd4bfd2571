//! Toolsets, which are named selections of tools.

use std::collections::BTreeMap;

/// Toolsets by name, each a list of tool name patterns in which `*` matches any text.
#[derive(Clone, Debug, Default)]
pub struct Toolsets(BTreeMap<String, Vec<String>>);

impl Toolsets {
    /// Parses one toolset per line, such as `purchasing: list_all_purchase*, create_a_purchase*`. Empty lines and
    /// lines that start with `#` are ignored.
    pub fn parse(text: &str) -> Self {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let sets = lines.filter_map(|line| line.split_once(':')).map(|(set, patterns)| {
            (set.trim().to_owned(), patterns.split(',').map(|pattern| pattern.trim().to_owned()).collect())
        });
        Self(sets.collect())
    }

    /// Returns the patterns of a toolset.
    pub fn get(&self, set: &str) -> Option<&[String]> {
        self.0.get(set).map(Vec::as_slice)
    }

    /// Returns the names of all toolsets, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Returns all toolsets with their patterns, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.0.iter().map(|(set, patterns)| (set.as_str(), patterns.as_slice()))
    }
}
