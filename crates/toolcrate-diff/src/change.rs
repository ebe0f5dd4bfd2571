//! A change between two releases, and the result of a comparison.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::change_kind::{ChangeLevel, DiffKind};

/// How severe a change is, most severe first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Existing clients, programs or agents may stop working.
    Breaking,
    /// Existing clients, programs and agents keep working.
    Compatible,
    /// Only text for people and models changed.
    Wording,
}

/// A change between two releases.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// The kind of change.
    pub kind: DiffKind,
    /// The audience affected.
    pub level: ChangeLevel,
    /// Its severity.
    pub severity: Severity,
    /// The operation, schema, Rust item or tool that changed. If it was renamed, its new name.
    pub subject: String,
    /// The affected parameter, property, field, variant or argument of the subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// JSON pointer into the new spec, or into the old one if the subject was removed.
    pub pointer: String,
    /// The old value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// The new value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
    /// A sentence that describes the change.
    pub sentence: String,
    /// The reason for accepting it, if the allowlist contains it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed: Option<String>,
}

impl Change {
    /// Creates a change to `subject`, which is compatible unless [`Change::breaks_if`] makes it breaking.
    pub fn new(kind: DiffKind, subject: impl Into<String>, pointer: impl Into<String>) -> Self {
        let severity = if kind.is_wording() { Severity::Wording } else { Severity::Compatible };
        Self {
            kind,
            level: kind.level(),
            severity,
            subject: subject.into(),
            member: None,
            pointer: pointer.into(),
            old: None,
            new: None,
            sentence: String::new(),
            allowed: None,
        }
    }

    /// Sets the affected part of the subject.
    pub fn member(mut self, member: impl Into<String>) -> Self {
        self.member = Some(member.into());
        self
    }

    /// Sets the old value.
    pub fn was(mut self, old: impl Into<String>) -> Self {
        self.old = Some(old.into());
        self
    }

    /// Sets the new value.
    pub fn is(mut self, new: impl Into<String>) -> Self {
        self.new = Some(new.into());
        self
    }

    /// Makes the change breaking if `breaks`.
    pub fn breaks_if(mut self, breaks: bool) -> Self {
        if breaks {
            self.severity = Severity::Breaking;
        }
        self
    }

    /// Composes the sentence, once everything else is set.
    pub(crate) fn write_sentence(&mut self) {
        let mut rest = self.kind.template();
        let mut sentence = String::new();
        while let Some(open) = rest.find('{') {
            let close = rest[open..].find('}').map_or(rest.len(), |close| open + close);
            sentence.push_str(&rest[..open]);
            sentence.push_str(match &rest[open + 1..close] {
                "subject" => &self.subject,
                "member" => self.member.as_deref().unwrap_or_default(),
                "old" => self.old.as_deref().unwrap_or("nothing"),
                "new" => self.new.as_deref().unwrap_or("nothing"),
                _ => "",
            });
            rest = rest.get(close + 1..).unwrap_or_default();
        }
        sentence.push_str(rest);
        let suffix = match self.severity {
            Severity::Breaking
                if self.kind == DiffKind::ParameterAdded || self.kind == DiffKind::ToolArgumentAdded =>
            {
                ", which every call needs"
            }
            _ => "",
        };
        self.sentence = sentence + suffix;
    }

    /// Returns true if the change is at least as severe as `least` and not accepted.
    pub fn counts(&self, least: Severity) -> bool {
        self.allowed.is_none() && self.severity <= least
    }
}

/// One of the two compared releases.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReleaseInfo {
    /// The file name.
    pub file: String,
    /// `info.version`.
    pub version: String,
    /// Number of operations.
    pub operations: usize,
    /// Number of named schemas.
    pub schemas: usize,
}

/// The size of all tools in a provider's format, in bytes of JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DialectSize {
    /// The dialect.
    pub dialect: String,
    /// The old size.
    pub old: usize,
    /// The new size.
    pub new: usize,
}

/// A lock file line that keeps an old name working for one release.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ToolMigration {
    /// The tool that was removed.
    pub old: String,
    /// The tool that replaced it.
    pub new: String,
    /// True if the lock file contains the line.
    pub aliased: bool,
    /// The line: `alias OLD NEW RELEASE`.
    pub line: String,
}

/// The result of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DiffReport {
    /// The old release.
    pub old: ReleaseInfo,
    /// The new release.
    pub new: ReleaseInfo,
    /// The changes, sorted by level, severity, kind and subject.
    pub changes: Vec<Change>,
    /// Renamed tools, with their lines for the lock file.
    pub migrations: Vec<ToolMigration>,
    /// Tool sizes in each dialect; empty if not measured.
    pub sizes: Vec<DialectSize>,
    /// Problems in the allowlist.
    pub stale: Vec<String>,
}

impl DiffReport {
    /// Returns the number of changes by level and severity, without accepted ones.
    pub fn counts(&self) -> BTreeMap<ChangeLevel, BTreeMap<Severity, usize>> {
        let mut counts: BTreeMap<ChangeLevel, BTreeMap<Severity, usize>> = BTreeMap::new();
        for level in ChangeLevel::ALL {
            let of = counts.entry(level).or_default();
            for severity in [Severity::Breaking, Severity::Compatible, Severity::Wording] {
                of.insert(severity, 0);
            }
        }
        for change in self.changes.iter().filter(|change| change.allowed.is_none()) {
            *counts.entry(change.level).or_default().entry(change.severity).or_default() += 1;
        }
        counts
    }

    /// Returns the changes that are at least as severe as `least` and not accepted.
    pub fn failures(&self, least: Severity) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(move |change| change.counts(least))
    }
}
