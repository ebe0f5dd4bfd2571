//! Renders a report as text, Markdown, HTML or JSON.
//!
//! A change that affects several operations, schemas or tools is listed once, with all of their names. If text changed,
//! the difference is shown inline.

use serde::Serialize;
use serde_json::{Value, json};
use similar::{ChangeTag, TextDiff};

use crate::change::{Change, DialectSize, DiffReport, Severity};
use crate::change_kind::{ChangeLevel, DiffKind};
use toolcrate_codegen::diagnostic::Errors;
use toolcrate_codegen::emit::Templates;

/// The format of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ReportFormat {
    Text,
    Markdown,
    Json,
    Html,
}

pub(crate) const TEMPLATES: [(&str, &str); 5] = [
    ("diff.txt", include_str!("../templates/diff.txt.j2")),
    ("diff.md", include_str!("../templates/diff.md.j2")),
    ("diff.html", include_str!("../templates/diff.html.j2")),
    ("note.md", include_str!("../templates/note.md.j2")),
    ("changes.md", include_str!("../templates/changes.md.j2")),
];

/// Renders `report`.
///
/// # Errors
/// Returns `E031` if a template fails.
pub fn render(report: &DiffReport, format: ReportFormat) -> Result<String, Errors> {
    let template = match format {
        ReportFormat::Json => {
            let mut value = json!(report);
            value["counts"] = json!(report.counts());
            return Ok(format!("{value:#}\n"));
        }
        ReportFormat::Text => "diff.txt",
        ReportFormat::Markdown => "diff.md",
        ReportFormat::Html => "diff.html",
    };
    let templates = Templates::compile(&TEMPLATES)?;
    Ok(templates.render(template, values(report, format))?)
}

/// Renders the table of all kinds of changes, `docs/changes.md`.
///
/// # Errors
/// Returns `E031` if a template fails.
pub fn render_change_kinds() -> Result<String, Errors> {
    let row = |kind: &DiffKind| {
        json!({
            "id": kind.id(),
            "mirror": kind.mirror().id(),
            "breaks": kind.breaks(),
            "says": kind.template(),
        })
    };
    let level = |level: ChangeLevel| {
        let of = DiffKind::ALL.iter().filter(|kind| kind.level() == level);
        json!({"title": level.title(), "kinds": of.map(row).collect::<Vec<_>>()})
    };
    let templates = Templates::compile(&TEMPLATES)?;
    Ok(templates.render("changes.md", json!({"levels": ChangeLevel::ALL.map(level)}))?)
}

fn values(report: &DiffReport, format: ReportFormat) -> Value {
    let counts = report.counts();
    let level = |level: ChangeLevel| {
        let of = |severity| counts[&level][&severity];
        let sections = [Severity::Breaking, Severity::Compatible, Severity::Wording].map(|severity| {
            let changes: Vec<&Change> = report
                .changes
                .iter()
                .filter(|change| {
                    change.level == level && change.severity == severity && change.allowed.is_none()
                })
                .collect();
            json!({
                "title": title(severity),
                "severity": severity,
                "count": changes.len(),
                "kinds": group_by_kind(&changes, format),
            })
        });
        json!({
            "title": level.title(),
            "breaking": of(Severity::Breaking),
            "compatible": of(Severity::Compatible),
            "wording": of(Severity::Wording),
            "sections": sections.iter().filter(|section| section["count"] != 0).collect::<Vec<_>>(),
        })
    };
    let allowed: Vec<Value> = report
        .changes
        .iter()
        .filter_map(|change| {
            let reason = change.allowed.as_ref()?;
            Some(json!({"sentence": prose(&change.sentence, format), "reason": prose(reason, format)}))
        })
        .collect();
    json!({
        "old": report.old,
        "new": report.new,
        "total": report.changes.iter().filter(|change| change.allowed.is_none()).count(),
        "levels": ChangeLevel::ALL.map(level),
        "migrations": report.migrations,
        "sizes": sizes(report),
        "allowed": allowed,
        "stale": report.stale.iter().map(|line| prose(line, format)).collect::<Vec<_>>(),
    })
}

/// Returns the sizes of both releases and their difference.
pub(crate) fn sizes(report: &DiffReport) -> Vec<Value> {
    let row = |size: &DialectSize| {
        let delta = size.new as i64 - size.old as i64;
        json!({
            "dialect": size.dialect,
            "before": size.old,
            "after": size.new,
            "delta": format!("{delta:+}"),
            "percent": format!("{:+.1}", 100.0 * delta as f64 / size.old.max(1) as f64),
        })
    };
    report.sizes.iter().map(row).collect()
}

fn title(severity: Severity) -> &'static str {
    match severity {
        Severity::Breaking => "Breaking",
        Severity::Compatible => "Compatible",
        Severity::Wording => "Wording",
    }
}

/// A row in a report: a change, and further subjects to which it applies.
#[derive(Serialize)]
struct ReportRow {
    sentence: String,
    pointer: String,
    /// Further subjects that are listed.
    others: Vec<String>,
    /// The number of further subjects that aren't listed.
    more: usize,
    /// The text difference.
    words: String,
    /// The text difference as pieces: `equal`, `delete`, `insert`.
    pieces: Vec<(&'static str, String)>,
}

/// Maximum number of subjects in a row.
const MAX_NAMED: usize = 12;
/// Maximum length of a text difference.
const MAX_WORD_CHARS: usize = 600;

/// Groups changes by kind. A change shared by several subjects becomes one row.
pub(crate) fn group_by_kind(changes: &[&Change], format: ReportFormat) -> Vec<Value> {
    let mut kinds = Vec::new();
    for group in changes.chunk_by(|a, b| a.kind == b.kind) {
        let mut rows: Vec<(&Change, ReportRow)> = Vec::new();
        for change in group {
            let same = |(other, _): &&mut (&Change, ReportRow)| {
                (&other.member, &other.old, &other.new) == (&change.member, &change.old, &change.new)
            };
            let said = change.member.is_some() || change.old.is_some() || change.new.is_some();
            match rows.iter_mut().find(same).filter(|_| said) {
                Some((_, row)) if row.others.len() + 1 < MAX_NAMED => row.others.push(change.subject.clone()),
                Some((_, row)) => row.more += 1,
                None => rows.push((change, row(change, format))),
            }
        }
        let rows: Vec<ReportRow> = rows.into_iter().map(|(_, row)| row).collect();
        let kind = group[0].kind;
        kinds.push(json!({"id": kind.id(), "count": group.len(), "rows": rows}));
    }
    kinds
}

fn row(change: &Change, format: ReportFormat) -> ReportRow {
    let pieces = match (&change.old, &change.new) {
        (Some(old), Some(new)) if change.kind.is_wording() => pieces(old, new),
        _ => Vec::new(),
    };
    let words = pieces.iter().map(|(tag, text)| match (*tag, format) {
        ("delete", ReportFormat::Markdown) => format!("~~{}~~", prose(text.trim(), format)),
        ("insert", ReportFormat::Markdown) => format!("**{}**", prose(text.trim(), format)),
        ("delete", _) => format!("[-{}-]", text.trim()),
        ("insert", _) => format!("{{+{}+}}", text.trim()),
        _ => prose(text.trim(), format),
    });
    ReportRow {
        sentence: prose(&change.sentence, format),
        pointer: change.pointer.clone(),
        others: Vec::new(),
        more: 0,
        words: words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "),
        pieces,
    }
}

/// Returns the words that were removed and added, truncated.
fn pieces(old: &str, new: &str) -> Vec<(&'static str, String)> {
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (old, new) = (flat(old), flat(new));
    let mut pieces: Vec<(&'static str, String)> = Vec::new();
    let mut length = 0;
    for change in TextDiff::from_words(old.as_str(), new.as_str()).iter_all_changes() {
        let tag = match change.tag() {
            ChangeTag::Equal => "equal",
            ChangeTag::Delete => "delete",
            ChangeTag::Insert => "insert",
        };
        let text = change.value();
        length += text.len();
        if length > MAX_WORD_CHARS {
            pieces.push(("equal", "…".to_owned()));
            break;
        }
        match pieces.last_mut() {
            Some((last, before)) if *last == tag => before.push_str(text),
            _ => pieces.push((tag, text.to_owned())),
        }
    }
    pieces
}

/// Escapes text for a format: Markdown's special characters, except in code.
fn prose(text: &str, format: ReportFormat) -> String {
    if format != ReportFormat::Markdown {
        return text.to_owned();
    }
    let mut escaped = String::with_capacity(text.len());
    let mut code = false;
    for c in text.chars() {
        code ^= c == '`';
        if !code && matches!(c, '<' | '>' | '*' | '_' | '[' | ']' | '|' | '~' | '\\' | '#') {
            escaped.push('\\');
        }
        escaped.push(if c == '\n' { ' ' } else { c });
    }
    escaped
}
