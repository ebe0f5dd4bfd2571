//! The list of known violations: one `rule subject` a line, sorted.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, bail};

use super::violation::{Rule, Violation};

const HEADER: &str = "# Violations that `cargo xtask structure` knows. This list only shrinks; to remove what is fixed, \
                      run `cargo xtask structure --update`.\n";

#[derive(Default)]
pub(crate) struct Exceptions(BTreeSet<(String, String)>);

impl Exceptions {
    /// Reads the list; a file that does not exist is an empty list.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
        };
        let mut entries = BTreeSet::new();
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let entry = line.split_once(' ').with_context(|| {
                format!("{}: expected `rule subject`, found {line:?}; remove the line", path.display())
            })?;
            entries.insert((entry.0.to_owned(), entry.1.to_owned()));
        }
        Ok(Self(entries))
    }

    pub(crate) fn contains(&self, violation: &Violation) -> bool {
        self.0.contains(&(violation.rule.id().to_owned(), violation.subject.clone()))
    }

    /// Returns the entries that nothing violates anymore.
    pub(crate) fn outdated(&self, violations: &[Violation]) -> Vec<(&str, &str)> {
        let current = Self::from_violations(violations);
        let entries = self.0.iter().filter(|entry| !current.0.contains(*entry));
        entries.map(|(rule, subject)| (rule.as_str(), subject.as_str())).collect()
    }

    /// Returns the list of today's violations. Files may have moved, so entries are compared by number only.
    pub(crate) fn updated(&self, violations: &[Violation]) -> anyhow::Result<Self> {
        let current = Self::from_violations(violations);
        let (before, after) = (self.counts(), current.counts());
        for rule in Rule::ALL {
            let count = |counts: &BTreeMap<&str, usize>| counts.get(rule.id()).copied().unwrap_or(0);
            // A list without a single entry of any rule is being made for the first time.
            if !self.0.is_empty() && count(&after) > count(&before) {
                bail!(
                    "{} has {} violations, but {} are known; fix the new ones first",
                    rule.id(),
                    count(&after),
                    count(&before)
                );
            }
        }
        Ok(current)
    }

    pub(crate) fn write(&self, path: &Path) -> anyhow::Result<()> {
        let lines = self.0.iter().map(|(rule, subject)| format!("{rule} {subject}\n"));
        let text: String = std::iter::once(HEADER.to_owned()).chain(lines).collect();
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
    }

    fn from_violations(violations: &[Violation]) -> Self {
        let entries =
            violations.iter().map(|violation| (violation.rule.id().to_owned(), violation.subject.clone()));
        Self(entries.collect())
    }

    fn counts(&self) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        for (rule, _) in &self.0 {
            *counts.entry(rule.as_str()).or_default() += 1;
        }
        counts
    }
}
