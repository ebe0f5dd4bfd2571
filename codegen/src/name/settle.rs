//! Tells names apart: each thing proposes spellings from plain to full, and whoever clashes says more.
//!
//! Names that the lock has given out, to things of this release or of an earlier one, never move; the
//! newcomer yields. Of newcomers that clash all move, except one whose resource the profile names.

use std::collections::{BTreeMap, BTreeSet, HashSet};

/// What came of it, in the order of the things.
pub struct Settled<T> {
    /// The spelling of each; `None` where no spelling can be made at all.
    pub chosen: Vec<Option<T>>,
    /// The level of each spelling.
    pub levels: Vec<usize>,
    /// Things that share a name to the last.
    pub clashes: Vec<Vec<usize>>,
}

/// What is known of the things beforehand.
pub struct Things<'a> {
    /// Those that have a name already.
    pub fixed: &'a [bool],
    /// Those before which others yield.
    pub firm: &'a [bool],
}

/// Settles `things`; those with a fixed name keep it. `propose` spells a thing at a level
/// below `levels`; `name` reads the name of a spelling; nobody gets a name in `taken`.
pub fn settle<T>(
    things: &Things<'_>,
    levels: usize,
    taken: &HashSet<&str>,
    propose: impl Fn(usize, usize) -> Option<T>,
    name: impl Fn(&T) -> &str,
) -> Settled<T> {
    let Things { fixed, firm } = things;
    let mut chosen: Vec<Option<T>> = fixed.iter().map(|_| None).collect();
    let mut at_level = vec![0; fixed.len()];
    let mut owners: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    let next = |thing: usize, from: usize| {
        (from..levels).find_map(|level| propose(thing, level).map(|spelling| (level, spelling)))
    };
    let mut touched: BTreeSet<String> = BTreeSet::new();
    for thing in (0..fixed.len()).filter(|thing| !fixed[*thing]) {
        if let Some((level, spelling)) = next(thing, 0) {
            touched.insert(name(&spelling).to_owned());
            owners.entry(name(&spelling).to_owned()).or_default().insert(thing);
            at_level[thing] = level;
            chosen[thing] = Some(spelling);
        }
    }
    let mut stuck: BTreeSet<String> = BTreeSet::new();
    while !touched.is_empty() {
        for clash in std::mem::take(&mut touched) {
            let claimants = owners.get(&clash).cloned().unwrap_or_default();
            let is_taken = taken.contains(clash.as_str());
            if claimants.len() < 2 && (!is_taken || claimants.is_empty()) {
                continue;
            }
            let mut moved = false;
            let mut holders = claimants.iter().filter(|thing| firm[**thing]);
            let holder = holders.next().copied().filter(|_| holders.next().is_none() && !is_taken);
            for thing in claimants.into_iter().filter(|thing| Some(*thing) != holder) {
                let Some((level, spelling)) = next(thing, at_level[thing] + 1) else { continue };
                moved = true;
                owners.entry(clash.clone()).or_default().remove(&thing);
                owners.entry(name(&spelling).to_owned()).or_default().insert(thing);
                touched.insert(name(&spelling).to_owned());
                at_level[thing] = level;
                chosen[thing] = Some(spelling);
            }
            if !moved {
                stuck.insert(clash);
            }
        }
    }
    let clashes = stuck
        .iter()
        .filter_map(|clash| Some((clash, owners.get(clash)?)))
        .filter(|(clash, things)| things.len() > 1 || (taken.contains(clash.as_str()) && !things.is_empty()))
        .map(|(_, things)| things.iter().copied().collect())
        .collect();
    Settled { chosen, levels: at_level, clashes }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(spellings: &[&[&str]], taken: &[&str]) -> (Vec<Option<String>>, usize) {
        let fixed = vec![false; spellings.len()];
        let propose = |thing: usize, level: usize| spellings[thing].get(level).map(|name| (*name).to_owned());
        let firm: Vec<bool> = spellings.iter().map(|names| names.contains(&"firm")).collect();
        let things = Things { fixed: &fixed, firm: &firm };
        let settled = settle(&things, 3, &taken.iter().copied().collect(), propose, |name| name.as_str());
        (settled.chosen, settled.clashes.len())
    }

    #[test]
    fn all_newcomers_that_clash_say_more() {
        let (names, clashes) =
            settled(&[&["team", "service_team"], &["team", "project_team"], &["note"]], &[]);
        assert_eq!(names.iter().flatten().collect::<Vec<_>>(), ["service_team", "project_team", "note"]);
        assert_eq!(clashes, 0);
    }

    #[test]
    fn others_yield_to_what_is_firm() {
        let (names, _) = settled(&[&["note", "project_note"], &["note", "service_note", "firm"]], &[]);
        assert_eq!(names.iter().flatten().collect::<Vec<_>>(), ["project_note", "note"]);
    }

    #[test]
    fn a_newcomer_yields_to_what_is_taken() {
        let (names, clashes) = settled(&[&["team", "service_team", "the_service_team"]], &["team"]);
        assert_eq!(names[0].as_deref(), Some("service_team"));
        assert_eq!(clashes, 0);
    }

    #[test]
    fn what_can_not_be_told_apart_is_reported() {
        let (_, clashes) = settled(&[&["team", "a_team"], &["team", "a_team"], &[]], &[]);
        assert_eq!(clashes, 1);
        assert_eq!(settled(&[&["team"]], &["team"]).1, 1);
    }
}
