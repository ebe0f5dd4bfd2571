//! A change of the tools is called breaking exactly when a call that worked before is refused now: calls are
//! drawn from the old tools' schemas, and checked by the runtime against the new ones.

mod support;

use std::collections::BTreeSet;

use support::{calls, sound};
use toolcrate_codegen::diff::{self, Change, Level, Report, Settings, Severity, Side, Source};

/// Changes that a caller notices before anything is sent: not what comes back, nor how tools are chosen. The
/// filter is left out, as no calls are drawn for it.
fn refuses(change: &&Change) -> bool {
    let id = change.kind.id();
    change.level == Level::Tools
        && change.member.as_deref() != Some("filter")
        && change.severity == Severity::Breaking
        && (id.starts_with("tool-argument-") || id == "tool-removed" || id == "tool-renamed")
}

/// The old names of the tools of which `report` says that some call is refused.
fn said(report: &Report) -> BTreeSet<String> {
    let renamed = |new: &str| {
        let change = report
            .changes
            .iter()
            .find(|change| change.kind.id() == "tool-renamed" && change.new.as_deref() == Some(new));
        change.and_then(|change| change.old.clone())
    };
    let name = |change: &Change| renamed(&change.subject).unwrap_or_else(|| change.subject.clone());
    report.changes.iter().filter(refuses).map(name).collect()
}

/// What was tried.
#[derive(Default)]
struct Tried {
    tools: usize,
    calls: usize,
    wrong: Vec<String>,
}

/// Tries the calls of every `each`th tool that did not change, and of all that did.
fn try_calls(old: &Side, new: &Side, report: &Report, each: usize) -> Tried {
    let (olds, news) = (sound::catalogue(&old.catalogue), sound::catalogue(&new.catalogue));
    let said = said(report);
    let mut tried = Tried::default();
    let Some(any) = olds.tools().next() else { return tried };
    let client = calls::client(any);
    for (number, tool) in olds.tools().enumerate() {
        let now = news.get(tool.name());
        let same = now.is_some_and(|now| now.input_schema() == tool.input_schema());
        if same && number % each != 0 && !said.contains(tool.name()) {
            continue;
        }
        let calls = calls::of(&client, tool);
        tried.tools += 1;
        tried.calls += calls.len();
        let refused = calls.iter().find(|call| now.is_none_or(|now| !calls::takes(&client, now, call)));
        match (refused, said.contains(tool.name())) {
            (Some(call), false) => {
                let why = now.and_then(|now| client.prepare(now, call).err()).map(|error| error.to_string());
                tried.wrong.push(format!("{} is not said to break, but {call}: {why:?}", tool.name()));
            }
            (None, true) => {
                let changes = report.changes.iter().filter(refuses);
                let changes = changes.filter(|change| change.subject == tool.name());
                let changes: Vec<&str> = changes.map(|change| change.sentence.as_str()).collect();
                tried.wrong.push(format!("{} is said to break, but takes all: {changes:?}", tool.name()));
            }
            _ => {}
        }
    }
    tried
}

#[test]
fn of_the_real_pair_exactly_those_tools_break_that_refuse_a_call() {
    let settings = Settings::read(&support::specs().join("toolcrate.yaml")).unwrap();
    let source = |release: &str| Source { file: release.into(), bytes: support::release(release) };
    let (old, new) = diff::read(&source("2022.1"), &source("2025.1"), &settings).unwrap();
    for (old, new) in [(&old, &new), (&new, &old)] {
        let report = diff::compare(old, new, &settings.profile);
        let tried = try_calls(old, new, &report, 20);
        println!("{} tools, {} calls", tried.tools, tried.calls);
        assert!(tried.wrong.is_empty(), "{} tools:\n{}", tried.wrong.len(), tried.wrong.join("\n"));
    }
}
