//! Compares our diff at the Rust level with the findings of `cargo-semver-checks`, for the crates generated from the
//! two real releases.
//!
//! Each of its findings must be among ours, and each of our change kinds that it doesn't find must be explained, or the
//! test fails. The result is the page `docs/semver-checks.md`; `UPDATE_GOLDEN=1` updates it. `cargo xtask semver`
//! records the findings.

use std::collections::BTreeMap;

use toolcrate_diff::{Change, ChangeLevel, DiffKind, Severity, compare, read};
use toolcrate_testing::specs::{RELEASES, workspace_root};

use crate::support::{settings, source};

/// A finding: the lint, and the words that say where it was found.
struct SemverFinding {
    lint: String,
    item: String,
}

impl SemverFinding {
    fn parse(line: &str) -> Self {
        let (lint, item) = line.split_once('\t').unwrap_or_else(|| panic!("expected a tab in {line}"));
        Self { lint: lint.to_owned(), item: item.to_owned() }
    }

    /// The path of the item without the name of the crate: `company::get_company`, or `Company::new`.
    fn path(&self) -> &str {
        let path = self.item.split_whitespace().find(|word| word.contains("::"));
        let path = path.unwrap_or_else(|| panic!("no path in {}: {}", self.lint, self.item));
        path.strip_prefix("connectwise_psa::").unwrap_or(path)
    }

    /// Returns true if the path ends with these names.
    fn ends_with(&self, names: &[&str]) -> bool {
        let path: Vec<&str> = self.path().split("::").collect();
        path.ends_with(names)
    }

    /// Returns true if the item is in a module of this list of ours.
    fn is_in(&self, modules: Option<&String>) -> bool {
        let module = self.path().split("::").next().unwrap_or_default();
        modules.is_some_and(|modules| modules.contains(&format!("`{module}`")))
    }

    /// Returns true if `change` is what was found.
    fn is(&self, change: &Change) -> bool {
        let subject = change.subject.as_str();
        let old = change.old.as_deref().unwrap_or_default();
        let member = change.member.as_deref().unwrap_or_default();
        let says = |name: &str| self.item.split_whitespace().any(|word| word == name);
        match (self.lint.as_str(), change.kind) {
            ("function_missing", DiffKind::RustFunctionRemoved) => subject == self.path(),
            ("function_missing", DiffKind::RustFunctionRenamed) => old == self.path(),
            ("function_parameter_count_changed", DiffKind::RustFunctionChanged) => subject == self.path(),
            ("struct_missing" | "enum_missing", DiffKind::RustTypeRemoved) => self.ends_with(&[subject]),
            ("struct_missing" | "enum_missing", DiffKind::RustTypeRenamed) => self.ends_with(&[old]),
            ("struct_missing" | "enum_missing", DiffKind::RustPathRemoved) => {
                self.ends_with(&[subject]) && self.is_in(change.old.as_ref())
            }
            ("non_exhaustive_struct_added" | "non_exhaustive_enum_added", DiffKind::RustTypeAdded) => {
                self.ends_with(&[subject])
            }
            ("non_exhaustive_struct_added" | "non_exhaustive_enum_added", DiffKind::RustPathAdded) => {
                self.ends_with(&[subject]) && self.is_in(change.new.as_ref())
            }
            ("struct_pub_field_missing", DiffKind::RustFieldRemoved) => says(member) && says(subject),
            ("inherent_method_added", DiffKind::RustMethodAdded)
            | ("inherent_method_missing", DiffKind::RustMethodRemoved)
            | ("method_parameter_count_changed", DiffKind::RustMethodChanged) => {
                self.ends_with(&[subject, member])
            }
            _ => false,
        }
    }
}

/// Why `cargo-semver-checks` finds none of the changes of a kind, or not all.
const EXPLANATIONS: &[(DiffKind, &str)] = &[
    (
        DiffKind::RustFunctionChanged,
        "It compares the number of arguments, but not argument types or return types.",
    ),
    (DiffKind::RustFieldChanged, "It doesn't compare field types."),
    (DiffKind::RustMethodChanged, "It compares the number of arguments, but not argument types."),
    (
        DiffKind::RustConversionRemoved,
        "It doesn't compare implementations of generic traits, such as `From`.",
    ),
];

#[test]
fn every_finding_of_cargo_semver_checks_is_ours_too() {
    let settings = settings();
    let (old, new) = read(&source(RELEASES[0]), &source(RELEASES[1]), &settings).unwrap();
    let report = compare(&old, &new, &settings.profile);
    let path = workspace_root().join("tests/semver-checks/findings.tsv");
    let findings: Vec<SemverFinding> =
        std::fs::read_to_string(path).unwrap().lines().map(SemverFinding::parse).collect();
    let is_ours = |change: &&Change| change.level == ChangeLevel::Rust;
    let ours: Vec<&Change> = report.changes.iter().filter(is_ours).collect();

    let missing: Vec<String> = findings
        .iter()
        .filter(|finding| !ours.iter().any(|change| finding.is(change)))
        .map(|finding| format!("{}: {}", finding.lint, finding.item))
        .collect();
    assert!(missing.is_empty(), "{} findings that are not ours:\n{}", missing.len(), missing.join("\n"));

    // By kind: how many break programs, how many of these it finds, and the lints that find them.
    let mut kinds: BTreeMap<DiffKind, (usize, usize, BTreeMap<&str, usize>)> = BTreeMap::new();
    for change in ours.iter().filter(|change| change.severity == Severity::Breaking) {
        let (all, found, lints) = kinds.entry(change.kind).or_default();
        *all += 1;
        let by: Vec<&SemverFinding> = findings.iter().filter(|finding| finding.is(change)).collect();
        *found += usize::from(!by.is_empty());
        for finding in by {
            *lints.entry(&finding.lint).or_default() += 1;
        }
    }
    let mut page = format!(
        include_str!("support/semver-checks.md"),
        findings = findings.len(),
        ours = kinds.values().map(|(all, ..)| all).sum::<usize>(),
    );
    for (kind, (all, found, lints)) in &kinds {
        let explanation = EXPLANATIONS.iter().find(|(other, _)| other == kind).map(|(_, why)| *why);
        assert!(found == all || explanation.is_some(), "{}: {found} of {all} are found; why?", kind.id());
        let why = if found == all { "" } else { explanation.unwrap_or_default() };
        let lints: Vec<String> = lints.keys().map(|lint| format!("`{lint}`")).collect();
        page.push_str(&format!("| `{}` | {all} | {found} | {} | {why} |\n", kind.id(), lints.join(", ")));
    }
    let path = workspace_root().join("docs/semver-checks.md");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), page, "UPDATE_GOLDEN=1 accepts this");
}
