//! Compares our diff of the two real releases with the output of another OpenAPI diff tool.
//!
//! Every finding that only one tool reports, and every change that they classify differently, must be explained by a
//! rule, or the test fails. The result is the page `tests/diff-against-other-tools.md`; `UPDATE_GOLDEN=1` updates it.
//! `tests/other-diff-tool/findings.mjs` runs the other tool.

use std::collections::{BTreeMap, BTreeSet};

use toolcrate_diff::{ChangeLevel, DiffReport, DiffSettings, Severity, compare, read};
use toolcrate_testing::specs::{RELEASES, parse_release, workspace_root};

use crate::support::findings::{Finding, Ours, Place, letters, read_findings};
use crate::support::rules::{Context, JUDGED, OURS, Rule, THEIRS};
use crate::support::{settings, source};

/// Returns the changes in the real pair, at all levels.
fn report(settings: &DiffSettings) -> DiffReport {
    let [old, new] = RELEASES.map(source);
    let (old, new) = read(&old, &new, settings).unwrap();
    compare(&old, &new, &settings.profile)
}

/// The number of findings explained by a rule, and the findings.
#[derive(Default)]
struct Explained {
    count: usize,
    lines: Vec<String>,
}

/// Groups `items` by the rule that explains them; returns unexplained ones.
fn explain<'a, T: 'a>(
    items: impl Iterator<Item = &'a T>,
    rules: &[Rule<T>],
    context: &Context<'_>,
    say: impl Fn(&T) -> (usize, String),
) -> (Vec<Explained>, Vec<String>) {
    let mut explained: Vec<Explained> = rules.iter().map(|_| Explained::default()).collect();
    let mut open = Vec::new();
    for item in items {
        let (count, line) = say(item);
        match rules.iter().position(|rule| (rule.applies)(item, context)) {
            Some(rule) => {
                explained[rule].count += count;
                explained[rule].lines.push(line);
            }
            None => open.push(line),
        }
    }
    (explained, open)
}

#[test]
fn every_difference_between_the_two_tools_is_explained() {
    let settings = settings();
    let report = report(&settings);
    let folder = workspace_root().join("tests/other-diff-tool");
    let theirs = read_findings(&std::fs::read_to_string(folder.join("api-smart-diff.tsv")).unwrap());
    let http = report.changes.iter().filter(|change| change.level == ChangeLevel::Http);
    let ours: Vec<Ours> = http.map(|change| Ours::new(change.clone())).collect();
    let documents = RELEASES.map(parse_release);
    let context = Context { ours: &ours, theirs: &theirs, settings: &settings, documents: &documents };

    let mut told: BTreeMap<Place, BTreeSet<&str>> = BTreeMap::new();
    for finding in &theirs {
        told.entry(finding.place()).or_default().insert(&finding.class);
    }
    let covered: BTreeSet<Place> = ours.iter().flat_map(Ours::places).collect();
    let (both, only_ours): (Vec<&Ours>, Vec<&Ours>) =
        ours.iter().partition(|ours| ours.places().iter().any(|place| told.contains_key(place)));
    let (theirs_too, only_theirs): (Vec<&Finding>, Vec<&Finding>) =
        theirs.iter().partition(|finding| covered.contains(&finding.place()));
    let judged_otherwise = both.iter().copied().filter(|ours| {
        let classes = ours.places().into_iter().filter_map(|place| told.get(&place)).flatten();
        classes.clone().any(|class| *class == "breaking") != (ours.change.severity == Severity::Breaking)
    });
    let judged_otherwise: Vec<&Ours> = judged_otherwise.collect();
    let say = |ours: &Ours| {
        let change = &ours.change;
        let severity = format!("{:?}", change.severity).to_lowercase();
        (1, format!("{} ({severity}): {}", change.kind.id(), change.sentence))
    };

    let (by_theirs, open_theirs) = explain(only_theirs.iter().copied(), THEIRS, &context, |finding| {
        (finding.count, finding.line.clone())
    });
    let (by_ours, open_ours) = explain(only_ours.iter().copied(), OURS, &context, say);
    let (by_judged, open_judged) = explain(judged_otherwise.iter().copied(), JUDGED, &context, say);
    let open: Vec<String> = [("only theirs", open_theirs), ("only ours", open_ours), ("judged", open_judged)]
        .into_iter()
        .flat_map(|(which, lines)| lines.into_iter().map(move |line| format!("{which}: {line}")))
        .collect();
    assert!(open.is_empty(), "{} differences that no rule explains:\n{}", open.len(), open.join("\n"));

    let count = |findings: &[&Finding]| findings.iter().map(|finding| finding.count).sum::<usize>();
    let mut page = format!(
        include_str!("support/other-tool.md"),
        theirs = count(&theirs.iter().collect::<Vec<_>>()),
        theirs_too = count(&theirs_too),
        only_theirs = count(&only_theirs),
        ours = ours.len(),
        both = both.len(),
        only_ours = only_ours.len(),
        agreed = both.len() - judged_otherwise.len(),
        judged = judged_otherwise.len(),
    );
    section(&mut page, "Found only by the other tool", THEIRS, &by_theirs);
    section(&mut page, "Found only by `cargo xtask diff`", OURS, &by_ours);
    section(&mut page, "Different severity", JUDGED, &by_judged);

    let path = workspace_root().join("tests/diff-against-other-tools.md");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    let diff = similar::TextDiff::from_lines(expected.as_str(), page.as_str());
    assert_eq!(expected, page, "UPDATE_GOLDEN=1 accepts this:\n{}", diff.unified_diff());
}

/// Writes a table of rules, with the findings that each one explains. A rule that explains nothing should be
/// deleted.
fn section<T>(page: &mut String, title: &str, rules: &[Rule<T>], explained: &[Explained]) {
    let text = |text: &str| text.replace('|', "\\|");
    page.push_str(&format!("\n## {title}\n\n| rule | findings | why |\n| --- | ---: | --- |\n"));
    for (rule, explained) in rules.iter().zip(explained) {
        assert_ne!(explained.count, 0, "the rule \"{}\" explains nothing", rule.name);
        page.push_str(&format!("| {} | {} | {} |\n", rule.name, explained.count, text(rule.why)));
    }
    for (rule, explained) in rules.iter().zip(explained) {
        page.push_str(&format!("\n<details><summary>{} ({})</summary>\n\n", rule.name, explained.count));
        for line in &explained.lines {
            page.push_str(&format!("    {}\n", line.trim_end()));
        }
        page.push_str("\n</details>\n");
    }
}

#[test]
fn names_are_compared_by_their_letters() {
    assert_eq!(letters("Order.Line_2"), "orderline2");
}
