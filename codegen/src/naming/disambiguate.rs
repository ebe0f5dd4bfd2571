//! Makes names unique. Each operation proposes names from shortest to longest, and operations whose names clash fall
//! back to a longer one.
//!
//! Names already in the lock file, for this release or an earlier one, never change; the new operation gets a different
//! name. If new operations clash with each other, all of them are renamed, except one whose name is set in the profile.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::id::{OperationId, OperationTable};

/// A name for each operation.
pub struct Assignment<T> {
    /// The chosen name; `None` if none is possible or the name is locked.
    pub chosen: OperationTable<Option<T>>,
    /// Operations whose full names are still the same.
    pub clashes: Vec<Vec<OperationId>>,
}

/// The operations to name, with the parts available for their names.
pub struct Candidates {
    /// The operations that already have a name.
    pub locked: OperationTable<bool>,
    /// The operations that keep their plain name; others with the same name get a different one.
    pub pinned: OperationTable<bool>,
}

/// Assigns a name to each candidate that isn't locked.
///
/// `propose` returns an operation's proposal for a level below `levels`, and `name` returns a proposal's
/// name. No operation gets a name that is in `reserved`.
pub fn assign<T>(
    candidates: &Candidates,
    levels: usize,
    reserved: &HashSet<&str>,
    propose: impl Fn(OperationId, usize) -> Option<T>,
    name: impl Fn(&T) -> &str,
) -> Assignment<T> {
    let Candidates { locked, pinned } = candidates;
    let mut chosen: OperationTable<Option<T>> = locked.map(|_| None);
    let mut at_level = locked.map(|_| 0);
    let mut owners: BTreeMap<String, BTreeSet<OperationId>> = BTreeMap::new();
    let next = |operation: OperationId, from: usize| {
        (from..levels).find_map(|level| propose(operation, level).map(|spelling| (level, spelling)))
    };
    let mut touched: BTreeSet<String> = BTreeSet::new();
    for operation in locked.ids().filter(|operation| !locked[*operation]) {
        if let Some((level, spelling)) = next(operation, 0) {
            touched.insert(name(&spelling).to_owned());
            owners.entry(name(&spelling).to_owned()).or_default().insert(operation);
            at_level[operation] = level;
            chosen[operation] = Some(spelling);
        }
    }
    let mut stuck: BTreeSet<String> = BTreeSet::new();
    while !touched.is_empty() {
        for clash in std::mem::take(&mut touched) {
            let claimants = owners.get(&clash).cloned().unwrap_or_default();
            let is_reserved = reserved.contains(clash.as_str());
            if claimants.len() < 2 && (!is_reserved || claimants.is_empty()) {
                continue;
            }
            let mut moved = false;
            let mut holders = claimants.iter().filter(|operation| pinned[**operation]);
            let holder = holders.next().copied().filter(|_| holders.next().is_none() && !is_reserved);
            for operation in claimants.into_iter().filter(|operation| Some(*operation) != holder) {
                let Some((level, spelling)) = next(operation, at_level[operation] + 1) else { continue };
                moved = true;
                owners.entry(clash.clone()).or_default().remove(&operation);
                owners.entry(name(&spelling).to_owned()).or_default().insert(operation);
                touched.insert(name(&spelling).to_owned());
                at_level[operation] = level;
                chosen[operation] = Some(spelling);
            }
            if !moved {
                stuck.insert(clash);
            }
        }
    }
    let is_clash = |clash: &str, operations: &BTreeSet<OperationId>| {
        operations.len() > 1 || (reserved.contains(clash) && !operations.is_empty())
    };
    let clashes = stuck
        .iter()
        .filter_map(|clash| owners.get(clash).filter(|operations| is_clash(clash, operations)))
        .map(|operations| operations.iter().copied().collect())
        .collect();
    Assignment { chosen, clashes }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Assigns names to operations with these proposals; an operation with the proposal `pinned` is pinned.
    fn assigned(spellings: &[&[&str]], reserved: &[&str]) -> (Vec<Option<String>>, usize) {
        let table: OperationTable<&[&str]> = spellings.iter().copied().collect();
        let propose =
            |operation: OperationId, level: usize| table[operation].get(level).map(|name| (*name).to_owned());
        let candidates = Candidates {
            locked: table.map(|_| false),
            pinned: table.map(|(_, names)| names.contains(&"pinned")),
        };
        let reserved = reserved.iter().copied().collect();
        let assignment = assign(&candidates, 3, &reserved, propose, |name| name.as_str());
        (assignment.chosen.values().cloned().collect(), assignment.clashes.len())
    }

    #[test]
    fn all_clashing_new_operations_are_renamed() {
        let (names, clashes) =
            assigned(&[&["team", "service_team"], &["team", "project_team"], &["note"]], &[]);
        assert_eq!(names.iter().flatten().collect::<Vec<_>>(), ["service_team", "project_team", "note"]);
        assert_eq!(clashes, 0);
    }

    #[test]
    fn pinned_operation_keeps_its_name_in_a_clash() {
        let (names, _) = assigned(&[&["note", "project_note"], &["note", "service_note", "pinned"]], &[]);
        assert_eq!(names.iter().flatten().collect::<Vec<_>>(), ["project_note", "note"]);
    }

    #[test]
    fn new_operation_avoids_a_reserved_name() {
        let (names, clashes) = assigned(&[&["team", "service_team", "the_service_team"]], &["team"]);
        assert_eq!(names[0].as_deref(), Some("service_team"));
        assert_eq!(clashes, 0);
    }

    #[test]
    fn unresolvable_name_clashes_are_reported() {
        let (_, clashes) = assigned(&[&["team", "a_team"], &["team", "a_team"], &[]], &[]);
        assert_eq!(clashes, 1);
        assert_eq!(assigned(&[&["team"]], &["team"]).1, 1);
    }
}
