//! Tests lookup plans: their order, chains of lookups, shared lookups, and cycles.

use std::sync::LazyLock;

use crate::support::API;

use serde_json::{Value, json};
use toolcrate_runtime::{Catalog, Prerequisites};

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    Catalog::new(&API, crate::support::catalog(include_str!("support/plans.jsonl"), "", "", ""))
});

fn plan(name: &str) -> Prerequisites {
    CATALOG.get(name).expect(name).prerequisites()
}

fn json_of(plan: &Prerequisites) -> Value {
    serde_json::to_value(plan).expect("JSON")
}

#[test]
fn plan_is_ordered_and_lookups_are_shared() {
    let plan = plan("create_ticket");
    let expected = json!({
        "steps": [
            {"tool": "list_customers", "provides": [
                {"argument": "customer", "field": "id"}, {"argument": "payer", "field": "id"},
            ]},
            {"tool": "list_boards"},
            {
                "tool": "list_statuses", "arguments": {"boardId": {"step": 1, "field": "id"}},
                "provides": [{"argument": "status", "field": "id"}],
            },
        ],
        "caller_supplied": ["summary"],
    });
    assert_eq!(json_of(&plan), expected);
    assert_eq!(
        plan.to_string(),
        "1. list_customers: id is customer, id is payer\n2. list_boards\n\
         3. list_statuses (boardId = id of 2): id is status"
    );
}

#[test]
fn lookup_uses_the_id_passed_to_the_tool() {
    let expected = json!({
        "steps": [
            {"tool": "list_boards", "provides": [{"argument": "boardId", "field": "id"}]},
            {
                "tool": "list_statuses", "arguments": {"boardId": {"step": 0, "field": "id"}},
                "provides": [{"argument": "id", "field": "id"}],
            },
        ],
        "caller_supplied": [],
    });
    assert_eq!(json_of(&plan("get_status")), expected);
}

#[test]
fn optional_arguments_can_be_requested() {
    let ticket = CATALOG.get("create_ticket").expect("a tool");
    let plan = ticket.prerequisites_for(&["notes", "title"]);
    assert_eq!(plan.steps.len(), 1);
    assert_eq!(plan.steps[0].provides[0].argument, "notes/author");
    assert_eq!(plan.caller_supplied, ["title"]);
}

#[test]
fn cycles_end_and_unsourced_arguments_are_left_to_the_caller() {
    let circle = plan("get_a");
    assert_eq!(
        circle.to_string(),
        "1. list_b (a: must be supplied by the caller)\n2. list_a (b = id of 1): id is a",
        "list_a waits for list_b, which can't wait for list_a"
    );
    for name in ["get_self", "get_gone"] {
        assert_eq!(json_of(&plan(name)), json!({"steps": [], "caller_supplied": ["id"]}));
    }
    assert_eq!(json_of(&plan("list_boards")), json!({"steps": [], "caller_supplied": []}));
    assert_eq!(plan("list_boards").to_string(), "");
}
