//! Tests properties of every comparison: a document doesn't differ from itself, swapping the documents reverses the
//! result, and any edit to the real spec is found with the right kind and severity.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Map, Value};
use toolcrate_diff::{
    Change, DiffKind, DiffReport, DiffSettings, Severity, Snapshot, SpecSource, compare, read,
};
use toolcrate_testing::cases;
use toolcrate_testing::specs::{RELEASES, parse_release, slice};

use crate::support::calls::try_calls;
use crate::support::edits::{Edit, Expected, any_edit, make, uses};
use crate::support::findings::letters;
use crate::support::settings;

fn source(document: &Value) -> SpecSource {
    SpecSource { file: "spec.json".into(), bytes: serde_json::to_vec(document).unwrap() }
}

fn snapshots(old: &Value, new: &Value, settings: &DiffSettings) -> (Snapshot, Snapshot) {
    read(&source(old), &source(new), settings).unwrap_or_else(|errors| panic!("{errors}"))
}

fn report(old: &Value, new: &Value, settings: &DiffSettings) -> DiffReport {
    let (old, new) = snapshots(old, new, settings);
    compare(&old, &new, &settings.profile)
}

fn say(changes: &[Change]) -> String {
    let lines = changes.iter().map(|change| format!("{}: {}", change.kind.id(), change.sentence));
    lines.take(20).collect::<Vec<_>>().join("\n")
}

/// Shuffles the properties of objects, and the items of lists that are sets. The order of `properties` is
/// kept unless `properties` is set.
fn shuffle(value: &mut Value, random: &mut u64, is_set: bool, properties: bool) {
    let mut next = |below: usize| {
        *random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*random >> 33) as usize % below.max(1)
    };
    match value {
        Value::Array(items) => {
            if is_set {
                (1..items.len()).rev().for_each(|at| items.swap(at, next(at + 1)));
            }
            items.iter_mut().for_each(|item| shuffle(item, random, false, properties));
        }
        Value::Object(members) => {
            let mut all: Vec<(String, Value)> = std::mem::take(members).into_iter().collect();
            if !is_set || properties {
                (1..all.len()).rev().for_each(|at| all.swap(at, next(at + 1)));
            }
            for (name, member) in &mut all {
                let is_set = match member {
                    Value::Array(_) => matches!(name.as_str(), "required" | "enum" | "tags"),
                    _ => name == "properties",
                };
                shuffle(member, random, is_set, properties);
            }
            *members = all.into_iter().collect::<Map<_, _>>();
        }
        _ => {}
    }
}

#[test]
fn document_equals_itself_in_any_order() {
    let settings = settings();
    for release in RELEASES {
        let document = parse_release(release);
        let report = report(&document, &document, &settings);
        assert!(report.changes.is_empty(), "{release}:\n{}", say(&report.changes));
        assert!(report.migrations.is_empty());
        let mut shuffled = document.clone();
        shuffle(&mut shuffled, &mut 7, false, false);
        assert_ne!(document.to_string(), shuffled.to_string());
        let report = self::report(&document, &shuffled, &settings);
        assert!(report.changes.is_empty(), "{release}:\n{}", say(&report.changes));
    }
}

/// A tool's description lists a record's first fields, so their order affects only its text.
#[test]
fn property_order_affects_only_tool_texts() {
    let (settings, document) = (settings(), parse_release("2025.1"));
    let mut shuffled = document.clone();
    shuffle(&mut shuffled, &mut 7, false, true);
    let report = report(&document, &shuffled, &settings);
    let mut others = report.changes.clone();
    others.retain(|change| !matches!(change.kind, DiffKind::ToolReworded | DiffKind::ToolArgumentReworded));
    assert!(others.is_empty(), "{}", say(&others));
}

/// A change regardless of direction: its kind, its subjects, and the old and new values.
type Seen = (DiffKind, BTreeSet<String>, Option<String>, Option<String>);

#[test]
fn reverse_diff_mirrors_the_diff() {
    let settings = settings();
    let (old, new) = snapshots(&parse_release("2022.1"), &parse_release("2025.1"), &settings);
    let there = compare(&old, &new, &settings.profile);
    let back = compare(&new, &old, &settings.profile);
    assert!(there.changes.len() > 3000);
    // If something was renamed, it is the subject in one direction, and the old name in the other.
    let names: BTreeMap<&str, &str> = there
        .changes
        .iter()
        .filter(|change| change.member.is_none() && is_rename(change.kind))
        .filter_map(|change| Some((change.old.as_deref()?, change.new.as_deref()?)))
        .collect();
    // A repair may have changed its spelling.
    let name = |subject: &str| letters(names.get(subject).copied().unwrap_or(subject));
    let seen = |change: &Change, mirrored: bool| -> Seen {
        let (kind, old, new) = match mirrored {
            true => (change.kind.mirror(), change.new.clone(), change.old.clone()),
            false => (change.kind, change.old.clone(), change.new.clone()),
        };
        let about = std::iter::once(name(&change.subject)).chain(change.member.clone());
        (kind, about.collect(), old, new)
    };
    let mut counts: BTreeMap<Seen, i32> = BTreeMap::new();
    for change in &there.changes {
        *counts.entry(seen(change, false)).or_default() += 1;
    }
    for change in &back.changes {
        *counts.entry(seen(change, true)).or_default() -= 1;
    }
    counts.retain(|_, count| *count != 0);
    assert!(
        counts.is_empty(),
        "{} have no mirror image: {:#?}",
        counts.len(),
        counts.iter().take(12).collect::<Vec<_>>()
    );
    assert_eq!(there.changes.len(), back.changes.len());
}

fn is_rename(kind: DiffKind) -> bool {
    kind == DiffKind::OperationMoved || kind.id().ends_with("-renamed")
}

/// Returns true if `report` contains the change.
fn has(report: &DiffReport, expected: &Expected) -> bool {
    let subject = |change: &Change| {
        change.subject == expected.subject || change.old.as_deref() == Some(expected.subject.as_str())
    };
    let member = |change: &Change| {
        expected.member.is_none()
            || change.member == expected.member
            || (change.member.is_none() && change.old == expected.member)
    };
    report.changes.iter().any(|change| {
        expected.kinds.contains(&change.kind.id())
            && subject(change)
            && member(change)
            && (change.severity == Severity::Breaking) == expected.breaks
    })
}

fn missed(report: &DiffReport, expected: &Expected) -> String {
    format!("{expected:?} is not among\n{}", say(&report.changes))
}

/// Runs the `usual` number of cases, or as many as requested.
fn run<S: Strategy>(usual: u32, strategy: &S, test: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let config = ProptestConfig { max_shrink_iters: 8, ..ProptestConfig::default() };
    cases::runner(usual, config).0.run(strategy, test).unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn single_edit_to_the_real_spec_is_found_with_its_kind_and_severity() {
    let (settings, document) = (settings(), parse_release("2025.1"));
    let paths = document["paths"].as_object().unwrap().len();
    let strategy = (any::<prop::sample::Index>(), any_edit());
    run(60, &strategy, |(start, (edit, at, which))| {
        let old = slice(&document, start.index(paths - 8), 8);
        let mut new = old.clone();
        let Some(expected) = make(&mut new, edit, (at, which), &mut BTreeSet::new()) else { return Ok(()) };
        // A new path may be too long for a name, which is a separate error.
        let Ok((old, new)) = read(&source(&old), &source(&new), &settings) else {
            prop_assert_eq!(edit, Edit::MoveOperation);
            return Ok(());
        };
        let report = compare(&old, &new, &settings.profile);
        prop_assert!(has(&report, &expected), "{edit:?}: {}", missed(&report, &expected));
        let tried = try_calls(&old, &new, &report, 1);
        prop_assert!(tried.wrong.is_empty(), "{edit:?}: {}", tried.wrong.join("\n"));
        let back = compare(&new, &old, &settings.profile);
        prop_assert_eq!(back.changes.len(), report.changes.len(), "{:?} back: {}", edit, say(&back.changes));
        Ok(())
    });
}

#[test]
fn many_edits_to_the_real_spec_are_all_found() {
    let (settings, document) = (settings(), parse_release("2025.1"));
    let strategy = prop::collection::vec(any_edit(), 120);
    run(1, &strategy, |edits| {
        let (mut new, mut taken) = (document.clone(), BTreeSet::new());
        // A new path may be too long for a name; moved operations are tested above.
        let mut made: Vec<Expected> = edits
            .into_iter()
            .filter(|(edit, ..)| *edit != Edit::MoveOperation)
            .filter_map(|(edit, at, which)| make(&mut new, edit, (at, which), &mut taken))
            .collect();
        // A later edit may have removed the only operation or property that used a schema. Whether a change
        // to it is breaking then depends on the direction.
        let (before, after) = (uses(&document), uses(&new));
        made.retain(|expected| before.get(&expected.subject) == after.get(&expected.subject));
        let kinds: BTreeSet<_> = made.iter().map(|expected| expected.kinds).collect();
        prop_assert!(kinds.len() > 12, "only {kinds:?}");
        prop_assert!(made.len() > 80, "only {} edits were made", made.len());
        let report = report(&document, &new, &settings);
        let lost: Vec<String> = made
            .iter()
            .filter(|expected| !has(&report, expected))
            .map(|expected| format!("{expected:?}"))
            .collect();
        prop_assert!(
            lost.is_empty(),
            "{} of {} were not found:\n{}",
            lost.len(),
            made.len(),
            lost.join("\n")
        );
        Ok(())
    });
}
