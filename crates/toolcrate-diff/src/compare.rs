//! Compares two releases at all three levels: HTTP, Rust and tools.

use toolcrate_codegen::config::Profile;

use crate::change::{Change, DiffReport};
use crate::levels::{contract, http, rust, schemas, tools};
use crate::operation_pairs::OperationPairs;
use crate::release_pair::ReleasePair;
use crate::schema_pairs::SchemaPairs;
use crate::snapshot::Snapshot;
use crate::type_relation::TypeComparison;

/// Compares two releases.
pub fn compare(old: &Snapshot, new: &Snapshot, profile: &Profile) -> DiffReport {
    let schemas = SchemaPairs::new(old.api(), new.api());
    let operations =
        OperationPairs::new(&TypeComparison { old: old.api(), new: new.api(), schemas: &schemas });
    let pair = ReleasePair { old, new, schemas: &schemas, operations };
    let (mut changes, (more, migrations)) = std::thread::scope(|scope| {
        let tools = scope.spawn(|| {
            let mut found = Vec::new();
            let migrations = tools::compare(&pair, &mut found);
            (found, migrations)
        });
        let mut found = Vec::new();
        http::compare(&pair, &mut found);
        schemas::compare(&pair, &mut found);
        contract::compare(&pair, &mut found);
        rust::compare(&pair, profile, &mut found);
        (found, tools.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    changes.extend(more);
    changes.iter_mut().for_each(Change::write_sentence);
    changes.sort_by(|a, b| order(a).cmp(&order(b)));
    DiffReport {
        old: old.release.clone(),
        new: new.release.clone(),
        changes,
        migrations,
        sizes: Vec::new(),
        stale: Vec::new(),
    }
}

/// Returns a change's sort key.
fn order(change: &Change) -> impl Ord + '_ {
    let Change { level, severity, kind, subject, member, old, new, .. } = change;
    (*level, *severity, *kind, subject, member, old, new)
}
