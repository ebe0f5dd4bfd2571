//! Tests every kind of change: the pair of specs in `tests/pairs/<kind>/` must produce only that kind at its level, and
//! swapping the specs must produce the reverse kind.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use toolcrate_diff::report::{self, ReportFormat};
use toolcrate_diff::{
    Change, ChangeLevel, DialectSize, DiffKind, DiffReport, DiffSettings, Severity, SpecSource, allowlist,
    compare, read,
};
use toolcrate_testing::specs::workspace_root;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pairs")
}

fn settings() -> DiffSettings {
    DiffSettings::read(&folder().join("toolcrate.yaml")).unwrap()
}

/// Compares the pair for `kind`; in reverse if `mirrored`.
fn report(kind: &str, mirrored: bool) -> DiffReport {
    let source = |file| SpecSource::read(&folder().join(kind).join(file)).unwrap();
    let (old, new) = (source("old.yaml"), source("new.yaml"));
    let (old, new) = if mirrored { (new, old) } else { (old, new) };
    let settings = settings();
    let (old, new) = read(&old, &new, &settings).unwrap_or_else(|errors| panic!("{kind}:\n{errors}"));
    compare(&old, &new, &settings.profile)
}

fn kinds_with_a_pair() -> Vec<DiffKind> {
    let mut kinds = Vec::new();
    for entry in folder().read_dir().unwrap() {
        let entry = entry.unwrap();
        if entry.path().is_dir() {
            let name = entry.file_name().into_string().unwrap();
            kinds.push(DiffKind::from_id(&name).unwrap_or_else(|| panic!("there is no kind {name}")));
        }
    }
    kinds
}

/// Changes that can't occur separately: a new module comes with a function, and a tool's effect follows from the
/// words in its path and therefore comes with a new name.
const COMPANIONS: [(DiffKind, DiffKind); 12] = [
    // A status with a different type.
    (DiffKind::AnswerAlternativeAdded, DiffKind::AnswerStatusAdded),
    (DiffKind::AnswerAlternativeAdded, DiffKind::AnswerWidened),
    (DiffKind::RustModuleAdded, DiffKind::RustFunctionAdded),
    // A function that takes a model, from an area of its own.
    (DiffKind::RustMethodAdded, DiffKind::RustFunctionAdded),
    (DiffKind::RustPathAdded, DiffKind::RustFunctionAdded),
    (DiffKind::RustPathAdded, DiffKind::RustModuleAdded),
    // The list whose records are referred to.
    (DiffKind::RustConversionAdded, DiffKind::RustFunctionAdded),
    (DiffKind::ToolClassChanged, DiffKind::ToolRenamed),
    (DiffKind::ToolClassChanged, DiffKind::ToolHintsChanged),
    (DiffKind::ToolClassChanged, DiffKind::ToolReworded),
    (DiffKind::ToolHintsChanged, DiffKind::ToolRenamed),
    // The descriptions of arguments mention the record.
    (DiffKind::ToolRenamed, DiffKind::ToolArgumentReworded),
];

fn at(report: &DiffReport, level: ChangeLevel) -> Vec<&Change> {
    report.changes.iter().filter(|change| change.level == level).collect()
}

#[test]
fn every_kind_has_its_own_pair_or_mirrors_one() {
    let pairs: BTreeSet<&str> = kinds_with_a_pair().into_iter().map(DiffKind::id).collect();
    let lacking: Vec<&str> = DiffKind::ALL
        .iter()
        .filter(|kind| !pairs.contains(kind.id()) && !pairs.contains(kind.mirror().id()))
        .map(|kind| kind.id())
        .collect();
    assert!(lacking.is_empty(), "no pair for {lacking:?}");
}

#[test]
fn each_pair_has_only_its_change_in_both_directions() {
    let mut wrong = Vec::new();
    for kind in kinds_with_a_pair() {
        for (mirrored, expected) in [(false, kind), (true, kind.mirror())] {
            let report = report(kind.id(), mirrored);
            let mut found = at(&report, kind.level());
            for (_, companion) in COMPANIONS.iter().filter(|(of, _)| *of == kind) {
                let companion = if mirrored { companion.mirror() } else { *companion };
                let before = found.len();
                found.retain(|change| change.kind != companion);
                assert_eq!(before, found.len() + 1, "{} comes with one {}", kind.id(), companion.id());
            }
            if !matches!(found[..], [change] if change.kind == expected) {
                let found: Vec<String> =
                    found.iter().map(|change| format!("{}: {}", change.kind.id(), change.sentence)).collect();
                wrong.push(format!("{} (mirrored: {mirrored}): {found:#?}", kind.id()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The changes of all levels caused by a pair, in both directions, with their severities.
#[test]
fn side_effects_of_each_pair_are_expected() {
    let mut text = String::new();
    let mut kinds = kinds_with_a_pair();
    kinds.sort();
    for kind in kinds {
        for mirrored in [false, true] {
            text.push_str(&format!("{}{}\n", kind.id(), if mirrored { ", mirrored" } else { "" }));
            for change in report(kind.id(), mirrored).changes {
                let severity = format!("{:?}", change.severity).to_lowercase();
                text.push_str(&format!("  {severity} {}: {}\n", change.kind.id(), change.sentence));
            }
        }
    }
    let path = folder().join("expected.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    let diff = similar::TextDiff::from_lines(expected.as_str(), text.as_str());
    assert_eq!(expected, text, "UPDATE_GOLDEN=1 accepts this:\n{}", diff.unified_diff());
}

#[test]
fn severity_follows_the_direction() {
    let severity = |kind: &str, mirrored: bool| {
        let report = report(kind, mirrored);
        let level = DiffKind::from_id(kind).unwrap().level();
        at(&report, level)[0].severity
    };
    // `Order` is sent and returned, so neither direction is safe; `Size` is only returned.
    for (kind, breaks, mirrored_breaks) in [
        ("operation-added", false, true),
        ("parameter-narrowed", true, false),
        ("parameter-value-added", false, true),
        ("body-narrowed", true, false),
        ("answer-narrowed", false, true),
        ("schema-value-added", true, false),
        ("property-value-added", true, true),
        ("property-narrowed", true, true),
        ("property-added", false, true),
        ("property-required", true, true),
        ("property-tightened", true, false),
        ("rust-field-added", false, true),
        ("rust-function-added", false, true),
        ("tool-argument-required", true, false),
        ("tool-argument-narrowed", true, false),
        ("tool-added", false, true),
    ] {
        let expected = |breaks| if breaks { Severity::Breaking } else { Severity::Compatible };
        assert_eq!(severity(kind, false), expected(breaks), "{kind}");
        assert_eq!(severity(kind, true), expected(mirrored_breaks), "{kind}, mirrored");
    }
    assert_eq!(severity("property-reworded", false), Severity::Wording);
}

#[test]
fn docs_table_matches_the_code() {
    let path = workspace_root().join("docs/changes.md");
    let table = report::render_change_kinds().unwrap();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &table).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), table, "UPDATE_GOLDEN=1 writes it anew");
    for kind in DiffKind::ALL {
        assert!(table.contains(&format!("| `{}` |", kind.id())), "{}", kind.id());
    }
}

fn entries(text: &str) -> Vec<allowlist::AcceptedChange> {
    toolcrate_codegen::config::parse_yaml(text).unwrap()
}

#[test]
fn accepted_changes_do_not_count_until_their_date_and_idle_entries_are_flagged() {
    let list = entries(concat!(
        "- { kind: property-removed, subject: Order, member: due, reason: Nobody used it., until: 2026-06-30 }\n",
        "- { kind: 'rust-field-*', reason: The next major release., until: 2026-06-30 }\n",
        "- { kind: 'tool-argument-*', reason: Prompts were adapted., until: 2026-01-31 }\n",
        "- { kind: tool-removed, reason: Never., until: 2026-06-30 }\n",
    ));
    let failing = |today: &str| {
        let mut report = report("property-added", true);
        allowlist::apply(&list, today, &mut report);
        let ids: Vec<&str> = report.failures(Severity::Breaking).map(|change| change.kind.id()).collect();
        (ids.join(" "), report)
    };
    let idle = "`tool-removed` matches no change; delete the entry".to_owned();
    let (ids, on_time) = failing("2026-01-31");
    assert_eq!(ids, "");
    assert_eq!(on_time.stale, std::slice::from_ref(&idle));
    assert_eq!(on_time.changes[0].allowed.as_deref(), Some("Nobody used it."));
    let (ids, late) = failing("2026-02-01");
    assert_eq!(ids, "tool-argument-removed");
    assert_eq!(
        late.stale,
        [
            "the acceptance of `tool-argument-*` expired on 2026-01-31; fix the change or extend the date"
                .to_owned(),
            idle
        ]
    );
    assert_eq!(failing("2026-07-01").0, "property-removed rust-field-removed tool-argument-removed");
}

#[test]
fn reports_agree_in_every_format() {
    let mut report = report("property-renamed", false);
    let list = entries("- { kind: rust-field-renamed, reason: 'A <b> typo', until: 2030-01-01 }\n");
    allowlist::apply(&list, "2026-01-01", &mut report);
    let render = |format| report::render(&report, format).unwrap();
    let (text, markdown, html) =
        (render(ReportFormat::Text), render(ReportFormat::Markdown), render(ReportFormat::Html));
    let sentence = "the `number` property of `Order` was renamed to `numbers`";
    assert!(text.contains(&format!("property-renamed: {sentence}")), "{text}");
    assert!(text.contains("at /components/schemas/Order/properties/numbers"), "{text}");
    assert!(markdown.contains(&format!("- {sentence}\n")), "{markdown}");
    assert!(markdown.contains("A \\<b\\> typo"), "{markdown}");
    assert!(html.contains(sentence) && html.contains("A &lt;b&gt; typo"), "{html}");
    let json: serde_json::Value = serde_json::from_str(&render(ReportFormat::Json)).unwrap();
    assert_eq!(json["changes"].as_array().unwrap().len(), report.changes.len());
    assert_eq!(json["counts"]["http"]["breaking"], 1);
    assert_eq!(json["changes"][0]["kind"], "property-renamed");
}

#[test]
fn sizes_are_shown_with_their_difference_where_they_were_measured() {
    let mut report = report("tool-added", false);
    let render = |report: &DiffReport, format| report::render(report, format).unwrap();
    assert!(!render(&report, ReportFormat::Text).contains("Total tool size"));
    report.sizes = vec![DialectSize { dialect: "mcp".to_owned(), old: 200, new: 190 }];
    assert!(render(&report, ReportFormat::Text).contains("  mcp: 200 → 190 (-10, -5.0 %)\n"));
    assert!(render(&report, ReportFormat::Markdown).contains("| mcp | 200 | 190 | -10 (-5.0 %) |\n"));
    assert!(render(&report, ReportFormat::Html).contains("mcp"));
    assert!(render(&report, ReportFormat::Json).contains("\"dialect\": \"mcp\""));
}

#[test]
fn changed_words_are_highlighted_within_the_line() {
    let text = report::render(&report("property-reworded", true), ReportFormat::Text).unwrap();
    assert!(text.contains("[-As printed on the order.-]"), "{text}");
    let markdown = report::render(&report("operation-reworded", false), ReportFormat::Markdown).unwrap();
    assert!(markdown.contains("**Lists the orders of the last year.**"), "{markdown}");
}

#[test]
fn invalid_allowlist_is_rejected_entry_by_entry() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let text = "- { kind: property-lost, reason: x, until: 2026-06-30 }\n- { kind: tool-added, reason: ' ', until: soon }\n";
    std::fs::write(file.path(), text).unwrap();
    let errors = allowlist::read(file.path()).unwrap_err().to_string();
    assert!(
        errors.contains("error[E034]") && errors.contains("unknown change kind `property-lost`"),
        "{errors}"
    );
    assert!(errors.contains("entry 2, tool-added: `reason` is missing"), "{errors}");
    assert!(errors.contains("expected a date such as 2026-01-31, got `until: soon`"), "{errors}");
    std::fs::write(file.path(), "- { kind: tool-added, reason: x }\n").unwrap();
    assert!(allowlist::read(file.path()).unwrap_err().to_string().contains("missing field `until`"));
}
