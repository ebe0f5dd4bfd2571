//! The list of known violations. Each line is a `rule subject` entry, with a suffix such as ` x12` for repeated
//! violations; the lines are sorted.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, bail};

use super::violation::{Rule, Violation};

const HEADER: &str = "# Known violations of `cargo xtask structure`. This list only shrinks; to remove fixed violations, \
                      run `cargo xtask structure --update`.\n";

/// The number of times each subject is known to violate a rule.
#[derive(Default)]
pub(crate) struct Exceptions(BTreeMap<(String, String), usize>);

impl Exceptions {
    /// Reads the list; a nonexistent file is an empty list.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(error).with_context(|| format!("can't read {}", path.display())),
        };
        let mut entries = BTreeMap::new();
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (rule, subject) = line.split_once(' ').with_context(|| {
                format!("{}: expected `rule subject`, got {line:?}; remove the line", path.display())
            })?;
            let counted =
                subject.rsplit_once(" x").and_then(|(name, count)| Some((name, count.parse().ok()?)));
            let (subject, count) = counted.unwrap_or((subject, 1));
            entries.insert((rule.to_owned(), subject.to_owned()), count);
        }
        Ok(Self(entries))
    }

    pub(crate) fn contains(&self, violation: &Violation) -> bool {
        let known = self.0.get(&(violation.rule.id().to_owned(), violation.subject.clone()));
        known.is_some_and(|known| *known >= violation.count)
    }

    /// Returns the entries that are violated less often, or not at all.
    pub(crate) fn outdated(&self, violations: &[Violation]) -> Vec<(&str, &str)> {
        let current = Self::from_violations(violations);
        let is_outdated = |key, known: &usize| current.0.get(key).is_none_or(|count| count < known);
        let entries = self.0.iter().filter(|(key, known)| is_outdated(*key, known));
        entries.map(|((rule, subject), _)| (rule.as_str(), subject.as_str())).collect()
    }

    /// Returns the list of current violations. Files may have moved, so entries are compared only by number.
    pub(crate) fn updated(&self, violations: &[Violation]) -> anyhow::Result<Self> {
        let current = Self::from_violations(violations);
        let (before, after) = (self.counts(), current.counts());
        for rule in Rule::ALL {
            let count = |counts: &BTreeMap<&str, usize>| counts.get(rule.id()).copied().unwrap_or(0);
            // A list without entries for any rule is being created for the first time.
            if !self.0.is_empty() && count(&after) > count(&before) {
                bail!(
                    "{} has {} violations, but only {} are listed as known; fix the new ones",
                    rule.id(),
                    count(&after),
                    count(&before)
                );
            }
        }
        Ok(current)
    }

    pub(crate) fn write(&self, path: &Path) -> anyhow::Result<()> {
        let line = |((rule, subject), count): (&(String, String), &usize)| match count {
            1 => format!("{rule} {subject}\n"),
            _ => format!("{rule} {subject} x{count}\n"),
        };
        let text: String = std::iter::once(HEADER.to_owned()).chain(self.0.iter().map(line)).collect();
        std::fs::write(path, text).with_context(|| format!("can't write {}", path.display()))
    }

    fn from_violations(violations: &[Violation]) -> Self {
        let key = |violation: &Violation| (violation.rule.id().to_owned(), violation.subject.clone());
        Self(violations.iter().map(|violation| (key(violation), violation.count)).collect())
    }

    fn counts(&self) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        for ((rule, _), count) in &self.0 {
            *counts.entry(rule.as_str()).or_default() += count;
        }
        counts
    }
}
