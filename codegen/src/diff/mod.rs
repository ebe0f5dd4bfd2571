//! What a new release changes, for clients, for programs and for agents.
//!
//! Two specs are read up to their tools and compared on the generator's own model, so that order, formatting
//! and repairs make no noise. Every change has a kind (`docs/changes.md` lists them), a severity judged by
//! its direction, a pointer into the spec and a sentence.

pub mod allow;
mod change;
mod http;
pub mod items;
mod kind;
mod matching;
mod node;
pub mod note;
pub mod report;
mod rust;
mod schemas;
mod side;
mod tools;
mod types;

pub use change::{Change, DialectSize, Migration, Release, Report, Severity};
pub use kind::{Kind, Level};
pub use side::{Settings, Side, Source, read};

use crate::config::Profile;
use matching::{Operations, Schemas};
use types::Types;

/// Two releases, and what is the same in both.
struct Pair<'a> {
    old: &'a Side,
    new: &'a Side,
    schemas: &'a Schemas<'a>,
    operations: Operations,
}

impl<'a> Pair<'a> {
    fn types(&self) -> Types<'a> {
        Types { old: self.old.api(), new: self.new.api(), schemas: self.schemas }
    }
}

/// Compares two releases.
pub fn compare(old: &Side, new: &Side, profile: &Profile) -> Report {
    let schemas = Schemas::new(old.api(), new.api());
    let operations = Operations::new(&Types { old: old.api(), new: new.api(), schemas: &schemas });
    let pair = Pair { old, new, schemas: &schemas, operations };
    let (mut changes, (more, migrations)) = std::thread::scope(|scope| {
        let tools = scope.spawn(|| {
            let mut found = Vec::new();
            let migrations = tools::compare(&pair, &mut found);
            (found, migrations)
        });
        let mut found = Vec::new();
        http::compare(&pair, &mut found);
        schemas::compare(&pair, &mut found);
        rust::compare(&pair, profile, &mut found);
        (found, tools.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    changes.extend(more);
    changes.iter_mut().for_each(Change::say);
    changes.sort_by(|a, b| order(a).cmp(&order(b)));
    Report {
        old: old.release.clone(),
        new: new.release.clone(),
        changes,
        migrations,
        sizes: Vec::new(),
        stale: Vec::new(),
    }
}

/// What changes are sorted by.
fn order(change: &Change) -> impl Ord + '_ {
    let Change { level, severity, kind, subject, member, old, new, .. } = change;
    (*level, *severity, *kind, subject, member, old, new)
}
