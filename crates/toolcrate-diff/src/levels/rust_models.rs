//! Compares the public API of models other than their fields: the modules that export them, their functions, and the
//! types that convert to them.

use crate::change::Change;
use crate::change_kind::DiffKind;
use crate::levels::schemas::schema_pointer;
use crate::levels::type_renames::TypeRenames;
use crate::release_pair::ReleasePair;
use crate::rust_items::{RustItems, RustMethod};

/// Compares the models that both crates have. Those that only one has are reported as types.
pub fn compare(
    pair: &ReleasePair<'_>,
    (old, new): (&RustItems<'_>, &RustItems<'_>),
    renamed: &TypeRenames,
    found: &mut Vec<Change>,
) {
    for (a, b) in pair.schemas.pairs() {
        let at = schema_pointer(b, &pair.new.api().schemas[b]);
        let before = old.defined(a);
        for name in new.defined(b).iter().filter(|name| before.contains(name)) {
            paths(name, &at, (old.modules(a), new.modules(b)), found);
        }
        if let (Some(_), Some((name, _))) = (old.record(a), new.record(b)) {
            methods(name, &at, (&old.methods(a), &new.methods(b)), renamed, found);
            let is_common = |record: &str| pair.schemas.new_name(record).is_some();
            let before = old.conversions(a, &is_common);
            let before: Vec<String> = before.iter().map(|ty| renamed.apply(ty)).collect();
            let is_common = |record: &str| pair.schemas.pairs().any(|(_, new)| new == record);
            conversions(name, &at, (&before, &new.conversions(b, &is_common)), found);
        }
    }
}

/// A type is exported by the area that uses it, or by the module of shared models and by each of their areas.
fn paths(subject: &str, at: &str, (old, new): (&[String], &[String]), found: &mut Vec<Change>) {
    let lacks = |modules: &[String], others: &[String]| {
        let lacking = modules.iter().filter(|module| !others.contains(module));
        lacking.map(|module| format!("`{module}`")).collect::<Vec<_>>().join(", ")
    };
    let home = |modules: &[String]| modules.first().map(|module| format!("`{module}`")).unwrap_or_default();
    let (gone, added) = (lacks(old, new), lacks(new, old));
    if !gone.is_empty() {
        let change = Change::new(DiffKind::RustPathRemoved, subject, at).was(gone);
        found.push(change.is(home(new)).breaks_if(true));
    }
    if !added.is_empty() {
        found.push(Change::new(DiffKind::RustPathAdded, subject, at).was(home(old)).is(added));
    }
}

fn methods(
    subject: &str,
    at: &str,
    (old, new): (&[RustMethod], &[RustMethod]),
    renamed: &TypeRenames,
    found: &mut Vec<Change>,
) {
    let change = |kind, method: &RustMethod| Change::new(kind, subject, at).member(&method.name);
    for before in old {
        let expected = renamed.apply(&before.signature);
        match new.iter().find(|method| method.name == before.name) {
            Some(after) if after.signature != expected => {
                let change = change(DiffKind::RustMethodChanged, after);
                found.push(change.was(&before.signature).is(&after.signature).breaks_if(true));
            }
            Some(_) => {}
            None => {
                let change = change(DiffKind::RustMethodRemoved, before);
                found.push(change.was(&before.signature).breaks_if(true));
            }
        }
    }
    for after in new.iter().filter(|method| !old.iter().any(|other| other.name == method.name)) {
        found.push(change(DiffKind::RustMethodAdded, after).is(&after.signature));
    }
}

fn conversions(subject: &str, at: &str, (old, new): (&[String], &[String]), found: &mut Vec<Change>) {
    for ty in old.iter().filter(|ty| !new.contains(ty)) {
        let change = Change::new(DiffKind::RustConversionRemoved, subject, at).member(ty);
        found.push(change.breaks_if(true));
    }
    for ty in new.iter().filter(|ty| !old.contains(ty)) {
        found.push(Change::new(DiffKind::RustConversionAdded, subject, at).member(ty));
    }
}
