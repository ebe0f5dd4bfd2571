//! Renders release notes, which show the changes that readers must act on and collapse long lists.
//!
//! A report lists all changes. Release notes group them by module and cause, so thousands of changes fit on a page.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::change::{Change, DiffReport, Severity};
use crate::change_kind::{ChangeLevel, DiffKind};
use crate::report::{self, ReportFormat, TEMPLATES};
use crate::snapshot::Snapshot;
use toolcrate_codegen::diagnostic::Errors;
use toolcrate_codegen::emit::Templates;

/// Renders the release notes for `report`, which compares `old` with `new`.
///
/// # Errors
/// Returns `E031` if a template fails.
pub fn render(report: &DiffReport, old: &Snapshot, new: &Snapshot) -> Result<String, Errors> {
    let names = [OperationLabels::new(old), OperationLabels::new(new)];
    let note = ReleaseNote { report, names };
    let templates = Templates::compile(&TEMPLATES)?;
    Ok(templates.render("note.md", note.values())?)
}

/// How an operation is displayed in a list.
struct OperationLabel<'a> {
    module: &'a str,
    function: String,
    tool: &'a str,
}

/// The labels of one release's operations, by key, and the areas of its tools.
struct OperationLabels<'a> {
    operations: BTreeMap<String, OperationLabel<'a>>,
    areas: BTreeMap<&'a str, &'a str>,
}

impl<'a> OperationLabels<'a> {
    fn new(snapshot: &'a Snapshot) -> Self {
        let operations = snapshot.api().operations.zip(&snapshot.names().operations);
        let name = |(operation, name): (
            &toolcrate_codegen::ir::Operation,
            &'a toolcrate_codegen::naming::OperationName,
        )| {
            let function = format!("{}::{}", name.module, name.function);
            (operation.key(), OperationLabel { module: &name.module, function, tool: &name.tool })
        };
        let areas =
            snapshot.names().operations.values().map(|name| (name.tool.as_str(), name.module.as_str()));
        Self { operations: operations.map(name).collect(), areas: areas.collect() }
    }

    fn label(&self, key: &str) -> Value {
        let name = self.operations.get(key);
        json!({
            "operation": key,
            "function": name.map(|name| name.function.as_str()),
            "tool": name.map(|name| name.tool),
        })
    }
}

/// Maximum number of properties shown without collapsing a list of equal changes.
const MAX_UNFOLDED: usize = 3;

fn text_or_nothing(text: &Option<String>) -> &str {
    text.as_deref().unwrap_or("nothing")
}

struct ReleaseNote<'a> {
    report: &'a DiffReport,
    names: [OperationLabels<'a>; 2],
}

impl ReleaseNote<'_> {
    fn changes(&self, kind: DiffKind) -> impl Iterator<Item = &Change> {
        self.report.changes.iter().filter(move |change| change.kind == kind)
    }

    fn values(&self) -> Value {
        let [old, new] = &self.names;
        let counts = self.report.counts();
        let level = |level: ChangeLevel| {
            let of = |severity| counts[&level][&severity];
            json!({
                "title": level.title(),
                "breaking": of(Severity::Breaking),
                "compatible": of(Severity::Compatible),
                "wording": of(Severity::Wording),
            })
        };
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let moved: Vec<Value> = self
            .changes(DiffKind::OperationMoved)
            .map(|change| json!({"old": old.label(&text(&change.old)), "new": new.label(&text(&change.new))}))
            .collect();
        let gone: Vec<Value> =
            self.changes(DiffKind::OperationRemoved).map(|change| old.label(&change.subject)).collect();
        json!({
            "old": self.report.old,
            "new": self.report.new,
            "levels": ChangeLevel::ALL.map(level),
            "added": self.changes(DiffKind::OperationAdded).count(),
            "moved": moved,
            "gone": gone,
            "migrations": self.report.migrations,
            "sizes": report::sizes(self.report),
            "calls": self.breaking(|change| {
                let id = change.kind.id();
                ["parameter-", "body-", "answer-"].iter().any(|start| id.starts_with(start))
            }),
            "records": [
                self.members(DiffKind::PropertyRequired),
                self.members(DiffKind::PropertyOptional),
                self.members(DiffKind::PropertyRemoved),
                self.members(DiffKind::PropertyAdded),
            ],
            "types": self.types(),
            "schemas": {
                "added": self.changes(DiffKind::SchemaAdded).map(|change| &change.subject).collect::<Vec<_>>(),
                "gone": self.changes(DiffKind::SchemaRemoved).map(|change| &change.subject).collect::<Vec<_>>(),
            },
            "areas": self.areas(),
            "arguments": self.arguments(),
            "rust": self.kinds(ChangeLevel::Rust),
            "rust_breaks": counts[&ChangeLevel::Rust][&Severity::Breaking],
        })
    }

    /// Returns the breaking changes of the first level, each once, with everything it affects.
    fn breaking(&self, is_meant: impl Fn(&Change) -> bool) -> Vec<Value> {
        let meant = |change: &&Change| {
            change.level == ChangeLevel::Http && change.severity == Severity::Breaking && is_meant(change)
        };
        let changes: Vec<&Change> = self.report.changes.iter().filter(meant).collect();
        report::group_by_kind(&changes, ReportFormat::Markdown)
    }

    /// Returns the breaking changes to field types; a change shared by many fields is one list.
    fn types(&self) -> Value {
        let mut causes: BTreeMap<(DiffKind, &str, &str), BTreeMap<&str, Vec<&str>>> = BTreeMap::new();
        let said = [DiffKind::PropertyRequired, DiffKind::PropertyOptional, DiffKind::PropertyRemoved];
        let meant = |change: &&Change| {
            let is_record = matches!(change.kind.id().split_once('-'), Some(("property" | "schema", _)));
            is_record && change.severity == Severity::Breaking && !said.contains(&change.kind)
        };
        let changes: Vec<&Change> = self.report.changes.iter().filter(meant).collect();
        let cause = |change: &'_ Change| (change.kind, change.old.clone(), change.new.clone());
        let is_many =
            |of: &Change| changes.iter().filter(|change| cause(change) == cause(of)).count() > MAX_UNFOLDED;
        let (many, few): (Vec<&Change>, Vec<&Change>) = changes.iter().partition(|change| is_many(change));
        for change in many {
            let text = text_or_nothing;
            let key = (change.kind, text(&change.old), text(&change.new));
            let records = causes.entry(key).or_default();
            records.entry(&change.subject).or_default().extend(change.member.as_deref());
        }
        let row = |(record, members): (&&str, &Vec<&str>)| json!({"record": record, "members": members});
        let list = |((kind, old, new), records): (&(DiffKind, &str, &str), &BTreeMap<&str, Vec<&str>>)| {
            json!({
                "kind": kind.id(),
                "old": old,
                "new": new,
                "count": records.values().map(Vec::len).sum::<usize>(),
                "records": records.iter().map(row).collect::<Vec<_>>(),
            })
        };
        json!({
            "few": report::group_by_kind(&few, ReportFormat::Markdown),
            "many": causes.iter().map(list).collect::<Vec<_>>(),
        })
    }

    /// Returns the members affected by a change kind, by record.
    fn members(&self, kind: DiffKind) -> Value {
        let mut records: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for change in self.changes(kind) {
            records.entry(&change.subject).or_default().extend(change.member.as_deref());
        }
        let count = records.values().map(Vec::len).sum::<usize>();
        let row = |(record, members): (&&str, &Vec<&str>)| json!({"record": record, "members": members});
        json!({"kind": kind.id(), "count": count, "records": records.iter().map(row).collect::<Vec<_>>()})
    }

    /// Returns each area with its new operations and the number of tools whose arguments changed.
    fn areas(&self) -> Vec<Value> {
        let [old, new] = &self.names;
        let mut added: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for change in self.changes(DiffKind::OperationAdded) {
            let Some(name) = new.operations.get(&change.subject) else { continue };
            added.entry(name.module).or_default().push(new.label(&change.subject));
        }
        let mut tools: BTreeMap<&str, BTreeMap<&str, Severity>> = BTreeMap::new();
        for change in &self.report.changes {
            let is_argument = change.kind.id().starts_with("tool-argument-") && !change.kind.is_wording();
            let area = new.areas.get(change.subject.as_str()).filter(|_| is_argument);
            let Some(area) = area else { continue };
            let worst = tools.entry(area).or_default().entry(&change.subject).or_insert(change.severity);
            *worst = change.severity.min(*worst);
        }
        let areas: BTreeSet<&str> = old.areas.values().chain(new.areas.values()).copied().collect();
        let row = |area: &str| {
            let of = |severity: Severity| {
                let changed = tools.get(area).into_iter().flat_map(BTreeMap::values);
                changed.filter(|worst| **worst == severity).count()
            };
            json!({
                "name": area,
                "tools": new.areas.values().filter(|other| **other == area).count(),
                "added": added.get(area),
                "breaking": of(Severity::Breaking),
                "compatible": of(Severity::Compatible),
            })
        };
        areas.into_iter().map(row).collect()
    }

    /// Returns the argument changes that break calls, each with the number of affected tools.
    fn arguments(&self) -> Vec<Value> {
        let mut rows: BTreeMap<(DiffKind, &str), BTreeSet<&str>> = BTreeMap::new();
        for change in &self.report.changes {
            let breaks =
                change.severity == Severity::Breaking && change.kind.id().starts_with("tool-argument-");
            let member = change.member.as_deref().or(change.new.as_deref()).filter(|_| breaks);
            let Some(member) = member else { continue };
            rows.entry((change.kind, member)).or_default().insert(&change.subject);
        }
        let mut rows: Vec<((DiffKind, &str), BTreeSet<&str>)> = rows.into_iter().collect();
        rows.sort_by_key(|((kind, member), tools)| (*kind, std::cmp::Reverse(tools.len()), *member));
        let row = |((_, member), tools): &((DiffKind, &str), BTreeSet<&str>)| json!({"argument": member, "count": tools.len(), "example": tools.first()});
        let group = |rows: &[((DiffKind, &str), BTreeSet<&str>)]| {
            let tools: BTreeSet<&str> = rows.iter().flat_map(|(_, tools)| tools).copied().collect();
            json!({
                "kind": rows[0].0.0.id(),
                "tools": tools.len(),
                "rows": rows.iter().map(row).collect::<Vec<_>>(),
            })
        };
        rows.chunk_by(|a, b| a.0.0 == b.0.0).map(group).collect()
    }

    /// The changes of a level by kind; those that break are named.
    fn kinds(&self, level: ChangeLevel) -> Vec<Value> {
        let mut kinds: BTreeMap<DiffKind, Vec<&Change>> = BTreeMap::new();
        for change in self.report.changes.iter().filter(|change| change.level == level) {
            kinds.entry(change.kind).or_default().push(change);
        }
        let row = |(kind, changes): (&DiffKind, &Vec<&Change>)| {
            let breaking = changes.iter().filter(|change| change.severity == Severity::Breaking);
            let breaking: Vec<&str> = breaking.map(|change| change.sentence.as_str()).collect();
            json!({"kind": kind.id(), "count": changes.len(), "breaking": breaking})
        };
        kinds.iter().map(row).collect()
    }
}
