//! Collects the changes found so far. A change that another level has already reported isn't reported again.

use std::collections::BTreeSet;

use crate::change::Change;
use crate::change_kind::DiffKind;

/// The part of the API that a change affects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Area {
    /// A named schema.
    Schema,
    /// An operation parameter.
    Parameter,
    /// An operation's request body.
    Body,
    /// An operation's response.
    Response,
}

impl Area {
    /// Returns the area of a kind that another level reports.
    fn of_kind(kind: DiffKind) -> Option<Self> {
        // An additional status doesn't affect the responses that both releases have.
        if matches!(kind, DiffKind::AnswerStatusAdded | DiffKind::AnswerStatusRemoved) {
            return None;
        }
        let (area, _) = kind.id().split_once('-')?;
        match area {
            "schema" | "property" => Some(Self::Schema),
            "parameter" => Some(Self::Parameter),
            "body" => Some(Self::Body),
            "answer" => Some(Self::Response),
            _ => None,
        }
    }
}

/// Returns true if a change affects which values a member can have, rather than only their limits.
fn is_about_type(kind: DiffKind) -> bool {
    let id = kind.id();
    !["tightened", "loosened", "required", "optional", "nullable", "not-null", "read-only", "writable"]
        .iter()
        .any(|ending| id.ends_with(ending))
}

/// The changes found by the other levels, and additional ones.
pub struct FoundChanges<'a> {
    found: &'a mut Vec<Change>,
    /// Area, subject and member of reported changes, and whether the type changed.
    known: BTreeSet<(Area, String, Option<String>, bool)>,
    /// Area and subject of parts whose complete type changed.
    retyped: BTreeSet<(Area, String)>,
    /// The members of reported changes to schemas that have no name in the documents.
    inline: BTreeSet<String>,
}

impl<'a> FoundChanges<'a> {
    /// Creates a collector that adds to `found`. `is_named` returns whether the documents have a schema with a given
    /// name.
    pub fn new(found: &'a mut Vec<Change>, is_named: impl Fn(&str) -> bool) -> Self {
        let (mut known, mut inline, mut retyped) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for change in found.iter().filter(|change| !change.kind.is_wording()) {
            let Some(area) = Area::of_kind(change.kind) else { continue };
            if area == Area::Schema && !is_named(&change.subject) {
                let names = [&change.member, &change.old, &change.new];
                inline.extend(names.into_iter().flatten().cloned());
            }
            let is_type = ["retyped", "narrowed", "widened", "format-changed"];
            if change.member.is_none() && is_type.iter().any(|ending| change.kind.id().ends_with(ending)) {
                retyped.insert((area, change.subject.clone()));
            }
            // A renamed member is reported under both names.
            let names =
                [&change.old, &change.new].map(|name| name.clone().filter(|_| change.member.is_none()));
            for member in names.into_iter().chain([change.member.clone(), None]) {
                known.insert((area, change.subject.clone(), member, is_about_type(change.kind)));
            }
        }
        Self { found, known, retyped, inline }
    }

    /// Adds `change`.
    pub fn add(&mut self, change: Change) {
        self.found.push(change);
    }

    /// Adds `change` unless it has already been added.
    pub fn add_once(&mut self, change: Change) {
        if !self.found.contains(&change) {
            self.found.push(change);
        }
    }

    /// Returns true if another level has reported a change to the member, or to the subject itself if `member` is
    /// `None`. If `of_type` is set, only type changes count.
    pub fn is_known(&self, area: Area, subject: &str, member: Option<&str>, of_type: bool) -> bool {
        let is_known = |about_type| {
            self.known.contains(&(area, subject.to_owned(), member.map(str::to_owned), about_type))
        };
        let leaf = member.and_then(|member| member.rsplit('.').next());
        is_known(true)
            || (!of_type && is_known(false))
            || self.retyped.contains(&(area, subject.to_owned()))
            || leaf.is_some_and(|leaf| self.inline.contains(leaf))
    }
}
