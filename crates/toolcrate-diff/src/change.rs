//! One change, and what a whole comparison found.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::change_kind::{ChangeLevel, DiffKind};

/// How much a change matters, most first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// What worked before may stop working.
    Breaking,
    /// What worked before goes on working.
    Compatible,
    /// Words for people and models; no program notices.
    Wording,
}

/// A change between two releases.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// What kind of change it is.
    pub kind: DiffKind,
    /// Who notices it.
    pub level: ChangeLevel,
    /// How much it matters.
    pub severity: Severity,
    /// What changed: an operation, a schema, an item, a tool. Where it has a new name, that.
    pub subject: String,
    /// The part of it: a parameter, a property, a field, a variant, an argument.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// JSON pointer into the new spec; into the old one for what is gone.
    pub pointer: String,
    /// What it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
    /// A sentence for people.
    pub sentence: String,
    /// Why it was accepted, where the allow-list has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed: Option<String>,
}

impl Change {
    /// A change of `subject`, compatible until [`Change::breaks_if`] says otherwise.
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

    /// Names the part of the subject.
    pub fn member(mut self, member: impl Into<String>) -> Self {
        self.member = Some(member.into());
        self
    }

    /// Says what it was.
    pub fn was(mut self, old: impl Into<String>) -> Self {
        self.old = Some(old.into());
        self
    }

    /// Says what it is.
    pub fn is(mut self, new: impl Into<String>) -> Self {
        self.new = Some(new.into());
        self
    }

    /// Says whether it breaks what worked before.
    pub fn breaks_if(mut self, breaks: bool) -> Self {
        if breaks {
            self.severity = Severity::Breaking;
        }
        self
    }

    /// Writes the sentence, after everything else is set.
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

    /// Whether it matters to someone who fails on `severity` and worse.
    pub fn counts(&self, least: Severity) -> bool {
        self.allowed.is_none() && self.severity <= least
    }
}

/// One of the two things compared.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReleaseInfo {
    /// The file, as it was given.
    pub file: String,
    /// `info.version`.
    pub version: String,
    /// How many operations it has; each is a function and a tool.
    pub operations: usize,
    /// How many schemas it names.
    pub schemas: usize,
}

/// How large all tools are in the words of a provider, in bytes of JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DialectSize {
    /// The dialect.
    pub dialect: String,
    /// Before.
    pub old: usize,
    /// After.
    pub new: usize,
}

/// A line that the lock can get so that an old name goes on working for a release.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ToolMigration {
    /// The tool that is gone.
    pub old: String,
    /// The tool that took its place.
    pub new: String,
    /// Whether the lock has it already.
    pub aliased: bool,
    /// The line: `alias OLD NEW RELEASE`.
    pub line: String,
}

/// What a comparison found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DiffReport {
    /// What was there.
    pub old: ReleaseInfo,
    /// What came.
    pub new: ReleaseInfo,
    /// The changes, sorted by level, severity, kind and subject.
    pub changes: Vec<Change>,
    /// Tools that moved, and their lines for the lock.
    pub migrations: Vec<ToolMigration>,
    /// The effect on each dialect; empty where nobody measured it.
    pub sizes: Vec<DialectSize>,
    /// What is wrong with the allow-list.
    pub stale: Vec<String>,
}

impl DiffReport {
    /// How many changes there are by level and severity; those that were accepted are left out.
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

    /// The changes that matter to someone who fails on `severity` and worse.
    pub fn failures(&self, least: Severity) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(move |change| change.counts(least))
    }
}
