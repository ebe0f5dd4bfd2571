//! Compares the sandbox with recorded ConnectWise behavior. Each fixture cites its sources, and lists calls with the
//! expected status and response contents. The calls are made in order against a fresh sandbox.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::support::engine::{ask, sandbox};

/// A fact about ConnectWise, and calls that demonstrate it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordedFact {
    fact: String,
    /// The source of the fact.
    source: String,
    steps: Vec<RecordedCall>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordedCall {
    /// Method and path.
    call: String,
    #[serde(default)]
    body: Value,
    status: u16,
    /// JSON pointers and the expected values; null if there must be none.
    #[serde(default)]
    expect: Map<String, Value>,
}

fn check(fixture: &str) {
    let fixture: RecordedFact = serde_json::from_str(fixture).expect("a fixture");
    assert!(!fixture.source.is_empty(), "{}", fixture.fact);
    let sandbox = sandbox();
    for step in fixture.steps {
        let (method, path) = step.call.split_once(' ').expect("a method and a path");
        let (status, body) = ask(&sandbox, method, path, &step.body);
        assert_eq!(status, step.status, "{}\n{} {}\n{body:#}", fixture.fact, step.call, step.body);
        for (pointer, expected) in step.expect {
            let found = body.pointer(&pointer).unwrap_or(&Value::Null);
            assert_eq!(*found, expected, "{}\n{} {pointer}\n{body:#}", fixture.fact, step.call);
        }
    }
}

#[test]
fn patching_the_key_of_a_reference_changes_it() {
    check(include_str!("../fixtures/patch_references.json"));
}

#[test]
fn child_lists_return_only_attached_records() {
    check(include_str!("../fixtures/attached_records.json"));
}

#[test]
fn schedule_entries_refer_to_existing_records() {
    check(include_str!("../fixtures/schedule_entries.json"));
}

#[test]
fn callback_levels_depend_on_the_type() {
    check(include_str!("../fixtures/callback_levels.json"));
}

#[test]
fn contact_communication_items_are_records() {
    check(include_str!("../fixtures/contacts.json"));
}

#[test]
fn out_of_range_page_sizes_are_rejected() {
    check(include_str!("../fixtures/page_sizes.json"));
}

#[test]
fn note_needs_at_least_one_display_flag() {
    check(include_str!("../fixtures/note_flags.json"));
}

#[test]
fn hours_without_an_end_time_are_kept_as_sent() {
    check(include_str!("../fixtures/time_entry_hours.json"));
}

#[test]
fn empty_references_are_rejected() {
    check(include_str!("../fixtures/empty_references.json"));
}
