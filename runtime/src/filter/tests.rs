//! What filters become, what is refused, and that no value can change what is asked.

use proptest::prelude::*;
use serde_json::json;

use super::*;

const LINE: &str = r#"{"name":"Ticket","fields":{"id":"integer","summary":"text","dateEntered":"datetime","closedFlag":"boolean","impact":["Low","High"],"budgetHours":"number","company/id":"integer","company/identifier":"text","status/name":"text"},"children":{"items/value":"text"},"custom":true}"#;
const GRAMMAR: FilterGrammar = FilterGrammar {
    argument: "filter",
    conditions: "conditions",
    child_conditions: "childConditions",
    custom_field_conditions: "customFieldConditions",
    custom_fields: "customFields",
};

fn compile(value: &Value) -> Result<QueryPairs, Vec<FieldError>> {
    let table: FilterTable<'_> = serde_json::from_str(LINE).expect("a table");
    let mut pairs = QueryPairs::new();
    apply(&table, &GRAMMAR, value, "/filter", &mut pairs)?;
    Ok(pairs)
}

fn conditions(value: Value) -> String {
    let pairs = compile(&value).unwrap_or_else(|problems| panic!("{value}: {problems:?}"));
    pairs.get("conditions").unwrap_or_default().to_owned()
}

fn refused(value: Value) -> (String, String) {
    let problem = compile(&value).expect_err("it is wrong").remove(0);
    (problem.pointer, problem.message)
}

#[test]
fn forms_become_conditions() {
    for (filter, text) in [
        (json!({"status/name": "New"}), r#"status/name = "New""#),
        (json!({"id": {">": 5, "<=": 9.0}}), "id > 5 and id <= 9"),
        (json!({"id": [1, 2]}), "id in (1, 2)"),
        (json!({"impact": {"not in": ["Low"]}}), r#"impact not in ("Low")"#),
        (
            json!({"summary": {"contains": "disk"}, "closedFlag": false}),
            r#"summary contains "disk" and closedFlag = false"#,
        ),
        (
            json!({"dateEntered": {"<": "2025-01-31T09:30:00.5+01:00"}}),
            "dateEntered < [2025-01-31T08:30:00Z]",
        ),
        (json!({"dateEntered": {">=": "2025-01-31"}}), "dateEntered >= [2025-01-31T00:00:00Z]"),
        (json!({"company": 842}), "company/id = 842"),
        (json!({"company": "Acme"}), r#"company/identifier = "Acme""#),
        (json!({"summary": null}), "summary = null"),
        (
            json!({"or": [{"id": 1}, {"id": 2, "closedFlag": true}]}),
            "(id = 1 or (id = 2 and closedFlag = true))",
        ),
        (
            json!({"not": {"or": [{"id": 1}, {"summary": {"like": "a*"}}]}}),
            r#"id != 1 and summary not like "a*""#,
        ),
        (json!({"not": {"id": {">": 1, "<": 5}}}), "(id <= 1 or id >= 5)"),
        (json!({"and": [{"id": 1}, {"budgetHours": 1.5}]}), "id = 1 and budgetHours = 1.5"),
        (
            json!([{"field": "id", "op": ">", "value": 5}, {"field": "summary", "value": "x"}]),
            r#"id > 5 and summary = "x""#,
        ),
        (json!({}), ""),
    ] {
        assert_eq!(conditions(filter.clone()), text, "{filter}");
    }
}

#[test]
fn members_of_lists_and_custom_fields_go_to_parameters_of_their_own() {
    let pairs =
        compile(&json!({"items/value": "x", "customFields/Region": "We\"st", "id": 1})).expect("right");
    assert_eq!(pairs.get("conditions"), Some("id = 1"));
    assert_eq!(pairs.get("childConditions"), Some(r#"items/value = "x""#));
    assert_eq!(pairs.get("customFieldConditions"), Some(r#"(caption = "Region" and value = "We\"st")"#));
    let (pointer, message) = refused(json!({"or": [{"id": 1}, {"items/value": "x"}]}));
    assert_eq!(pointer, "/filter/or");
    assert!(message.contains("a parameter of its own"), "{message}");
}

#[test]
fn raw_conditions_stay() {
    let table: FilterTable<'_> = serde_json::from_str(LINE).expect("a table");
    let mut pairs = QueryPairs::new();
    pairs.set("conditions", "a = 1 or b = 2");
    apply(&table, &GRAMMAR, &json!({"id": 1}), "/filter", &mut pairs).expect("right");
    assert_eq!(pairs.get("conditions"), Some("(a = 1 or b = 2) and (id = 1)"));
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let (pointer, message) = refused(json!({"status/nam": "New"}));
    assert_eq!(pointer, "/filter/status~1nam");
    assert_eq!(message, "there is no field \"status/nam\"; did you mean status/name?");
    for (filter, pointer, said) in [
        (json!({"id": {"contains": "x"}}), "/filter/id/contains", "does not fit"),
        (json!({"id": {"~": 1}}), "/filter/id/~0", "there is no operator"),
        (json!({"id": "five"}), "/filter/id", "there is no field"),
        (json!({"closedFlag": 1}), "/filter/closedFlag", "true or false"),
        (json!({"impact": "Medium"}), "/filter/impact", "one of Low, High"),
        (json!({"dateEntered": "yesterday"}), "/filter/dateEntered", "no date"),
        (json!({"dateEntered": "9999-12-31T23:59:59-14:00"}), "/filter/dateEntered", "out of range"),
        (json!({"dateEntered": "0000-01-01T00:00:00+14:00"}), "/filter/dateEntered", "out of range"),
        (json!({"summary": {"<": "a"}}), "/filter/summary/<", "does not fit"),
        (json!({"id": []}), "/filter/id", "at least one"),
        (json!("x"), "/filter", "must be an object"),
        (json!({"or": 1}), "/filter/or", "a list of filters"),
    ] {
        let (at, message) = refused(filter.clone());
        assert_eq!(at, pointer, "{filter}");
        assert!(message.contains(said) || said == "there is no field", "{filter}: {message}");
    }
}

/// A reader of the grammar's tests, written from its description alone: `field op literal`.
fn read_text_test(text: &str) -> Option<(String, String)> {
    let rest = text.strip_prefix("summary ")?;
    let (op, rest) = rest.split_once(" \"")?;
    let mut value = String::new();
    let mut chars = rest.chars();
    loop {
        match chars.next()? {
            '\\' => value.push(chars.next()?),
            '"' => break,
            c => value.push(c),
        }
    }
    chars.as_str().is_empty().then(|| (op.to_owned(), value))
}

proptest! {
    #[test]
    fn whatever_the_text_it_stays_one_literal(text in "(?s).{0,40}", long in 0usize..3) {
        let text = text.repeat(if long == 0 { 250 } else { 1 });
        for op in ["=", "contains", "like"] {
            let written = conditions(json!({"summary": {op: text}}));
            prop_assert_eq!(read_text_test(&written), Some((op.to_owned(), text.clone())));
        }
    }

    #[test]
    fn attacks_stay_literals(text in r#"["\\\[\]() ]{0,12}( or id = 1)?["\\]{0,3}"#) {
        let written = conditions(json!({"summary": text}));
        prop_assert_eq!(read_text_test(&written), Some(("=".to_owned(), text)));
    }
}
