//! Tests for compiled filters, rejected filters, and values that must not change a query.

use proptest::prelude::*;
use serde_json::json;
use toolcrate_catalog::FilterRecord;

use super::grammar::Condition;
use super::*;
use crate::api::FilterGrammar;
use crate::error::FieldError;
use crate::query_pairs::QueryPairs;
use serde_json::Value;

const LINE: &str = r#"{"name":"Ticket","fields":{"id":"integer","summary":"text","dateEntered":"datetime","closedFlag":"boolean","impact":["Low","High"],"budgetHours":"number","company/id":"integer","company/identifier":"text","status/name":"text"},"children":{"items/value":"text"},"custom":true}"#;
const GRAMMAR: FilterGrammar = FilterGrammar {
    argument: "filter",
    conditions: "conditions",
    child_conditions: "childConditions",
    custom_field_conditions: "customFieldConditions",
    custom_fields: "customFields",
    extra_fields: &[],
};

fn compile(value: &Value) -> Result<QueryPairs, Vec<FieldError>> {
    let record: FilterRecord<'_> = serde_json::from_str(LINE).expect("a table");
    let table = FilterTable::new(&record);
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
fn filter_forms_become_conditions() {
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
        (json!([]), ""),
        (json!({"summary": {">": "2025-01-31"}}), "summary > [2025-01-31T00:00:00Z]"),
        (
            json!({"budgetHours": {"<": "1.50"}, "closedFlag": "true"}),
            "budgetHours < 1.5 and closedFlag = true",
        ),
        (json!({"budgetHours": 1e21}), "budgetHours = 1000000000000000000000"),
    ] {
        assert_eq!(conditions(filter.clone()), text, "{filter}");
    }
}

#[test]
fn list_and_custom_fields_use_separate_parameters() {
    let pairs =
        compile(&json!({"items/value": "x", "customFields/Region": "We\"st", "id": 1})).expect("right");
    assert_eq!(pairs.get("conditions"), Some("id = 1"));
    assert_eq!(pairs.get("childConditions"), Some(r#"items/value = "x""#));
    assert_eq!(pairs.get("customFieldConditions"), Some(r#"(caption = "Region" and value = "We\"st")"#));
    let (pointer, message) = refused(json!({"or": [{"id": 1}, {"items/value": "x"}]}));
    assert_eq!(pointer, "/filter/or");
    assert!(message.contains("in a separate parameter"), "{message}");
}

#[test]
fn raw_conditions_are_unchanged() {
    let record: FilterRecord<'_> = serde_json::from_str(LINE).expect("a table");
    let table = FilterTable::new(&record);
    let mut pairs = QueryPairs::new();
    pairs.set("conditions", "a = 1 or b = 2");
    apply(&table, &GRAMMAR, &json!({"id": 1}), "/filter", &mut pairs).expect("right");
    assert_eq!(pairs.get("conditions"), Some("(a = 1 or b = 2) and (id = 1)"));
}

#[test]
fn errors_have_the_pointer_of_the_value() {
    let (pointer, message) = refused(json!({"status/nam": "New"}));
    assert_eq!(pointer, "/filter/status~1nam");
    assert_eq!(message, "unknown field \"status/nam\"; did you mean status/name?");
    for (filter, pointer, said) in [
        (json!({"id": {"contains": "x"}}), "/filter/id/contains", "is not supported"),
        (json!({"id": {"~": 1}}), "/filter/id/~0", "unknown operator"),
        (json!({"id": "five"}), "/filter/id", "unknown field"),
        (json!({"closedFlag": 1}), "/filter/closedFlag", "true or false"),
        (json!({"impact": "Medium"}), "/filter/impact", "one of Low, High"),
        (json!({"dateEntered": "yesterday"}), "/filter/dateEntered", "expected a date"),
        (json!({"dateEntered": "9999-12-31T23:59:59-14:00"}), "/filter/dateEntered", "expected a date"),
        (json!({"dateEntered": "0000-01-01T00:00:00+14:00"}), "/filter/dateEntered", "expected a date"),
        (json!({"summary": {"<": "a"}}), "/filter/summary/<", "is not supported"),
        (json!({"id": []}), "/filter/id", "non-empty"),
        (json!("x"), "/filter", "expected an object"),
        (json!({"or": 1}), "/filter/or", "a list of filters"),
        (json!({"or": []}), "/filter/or", "at least one"),
        (json!({"or": [{"id": 1}, {}]}), "/filter/or/1", "at least one"),
        (json!({"and": [[]]}), "/filter/and/0", "at least one"),
        (json!({"not": {}}), "/filter/not", "at least one"),
        (json!({"id": {}}), "/filter/id", "at least one operator"),
        (json!({"id": {"in": [1, null]}}), "/filter/id/in", "can't contain null"),
        (json!({"id": {">": null}}), "/filter/id/>", "only be compared with"),
        (json!({"id": 5.5}), "/filter/id", "an integer"),
        (json!({"customFields/Region": {"in": ["a"]}}), "/filter/customFields~1Region/in", "use \"or\""),
    ] {
        let (at, message) = refused(filter.clone());
        assert_eq!(at, pointer, "{filter}");
        assert!(message.contains(said) || said == "unknown field", "{filter}: {message}");
    }
}

#[test]
fn filters_of_any_size_are_refused_in_a_bounded_time() {
    let unknown = |count: usize| json!({"or": vec![json!({"sumary": "x"}); count]});
    let problems = compile(&unknown(1000)).expect_err("unknown fields");
    assert_eq!(problems.len(), 200);
    let suggested = problems.iter().filter(|problem| problem.message.contains("did you mean")).count();
    assert_eq!(suggested, 32, "comparing names takes time");
    let problem = compile(&unknown(5000)).expect_err("too many").remove(0);
    assert_eq!((problem.code.as_str(), problem.pointer.as_str()), ("length", "/filter"));
    let ids: Vec<u32> = (0..10_000).collect();
    assert!(compile(&json!({"id": ids})).is_ok(), "a list of values isn't a list of fields");
}

fn tree(filter: &Value) -> Condition {
    let text = conditions(filter.clone());
    grammar::parse(&text).unwrap_or_else(|at| panic!("{filter} became {text}, which ends at {at}"))
}

/// Evaluates a filter against a record, independently of the compiler.
fn holds(filter: &Value, record: &Value) -> bool {
    match filter {
        Value::Array(tests) => tests.iter().all(|test| holds(test, record)),
        Value::Object(members) => members.iter().all(|(name, value)| match name.as_str() {
            "and" => value.as_array().expect("a list").iter().all(|part| holds(part, record)),
            "or" => value.as_array().expect("a list").iter().any(|part| holds(part, record)),
            "not" => !holds(value, record),
            field => match value {
                Value::Object(tests) => {
                    tests.iter().all(|(op, value)| grammar::compare(&record[field], op, value))
                }
                Value::Array(_) => grammar::compare(&record[field], "in", value),
                value => grammar::compare(&record[field], "=", value),
            },
        }),
        _ => panic!("no filter"),
    }
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "(?s).{0,12}",
        r#"["\\\[\]() =]{0,6}( (or|and|not) id = 1)?["\\)\]]{0,3}"#,
        Just("\u{0}\r\n\t\u{7f}\u{2028}".to_owned()),
        // The values are similar, so equality and substring tests are sometimes true.
        "[ab]{0,2}",
    ]
}

fn test() -> impl Strategy<Value = Value> {
    let number = -3i64..4;
    let order = prop::sample::select(vec!["=", "!=", "<", "<=", ">", ">="]);
    let part = prop::sample::select(vec!["=", "!=", "contains", "not contains"]);
    prop_oneof![
        (order, number.clone()).prop_map(|(op, value)| json!({"id": {op: value}})),
        (part, text()).prop_map(|(op, value)| json!({"summary": {op: value}})),
        any::<bool>().prop_map(|value| json!({"closedFlag": value})),
        prop::collection::vec(number, 1..4).prop_map(|values| json!({"id": values})),
        prop::collection::vec(text(), 1..3).prop_map(|values| json!({"summary": {"not in": values}})),
        Just(json!({"summary": null})),
        prop::sample::select(vec!["Low", "High"]).prop_map(|value| json!({"impact": {"!=": value}})),
    ]
}

fn filter() -> impl Strategy<Value = Value> {
    test().prop_recursive(4, 24, 4, |inner| {
        let several = || prop::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            several().prop_map(|parts| json!({"and": parts})),
            several().prop_map(|parts| json!({"or": parts})),
            inner.clone().prop_map(|part| json!({"not": part})),
            several().prop_map(Value::from),
            // All properties of an object must be true.
            (inner.clone(), several()).prop_map(|(part, parts)| json!({"not": part, "or": parts})),
        ]
    })
}

fn record() -> impl Strategy<Value = Value> {
    (-3i64..4, text(), any::<bool>(), prop::sample::select(vec!["Low", "High"])).prop_map(
        |(id, summary, closed, impact)| json!({"id": id, "summary": summary, "closedFlag": closed, "impact": impact}),
    )
}

proptest! {
    #[test]
    fn conditions_are_equivalent_to_the_filter(filter in filter(), records in prop::collection::vec(record(), 8)) {
        let tree = tree(&filter);
        for record in records {
            prop_assert_eq!(tree.holds(&record), holds(&filter, &record), "{} {:?}", record, tree);
        }
    }

    #[test]
    fn any_value_round_trips_without_changing_the_expression_tree(value in text(), long in 0usize..4) {
        let value = value.repeat(if long == 0 { 1 + 10_000 / value.len().max(1) } else { 1 });
        for op in ["=", "!=", "contains", "not contains", "like", "not like"] {
            let filter = json!({"or": [{"id": 1}, {"summary": {op: value}, "closedFlag": true}]});
            let id = Condition::test("id", "=", json!(1));
            let summary = Condition::test("summary", op, json!(value));
            let closed = Condition::test("closedFlag", "=", json!(true));
            prop_assert_eq!(tree(&filter), Condition::Any(vec![id, Condition::All(vec![summary, closed])]));
        }
        let list = json!({"summary": [value, "x", value]});
        prop_assert_eq!(tree(&list), Condition::test("summary", "in", json!([value, "x", value])));
        // Captions and raw conditions are values, too.
        let pairs = compile(&json!({format!("customFields/{value}"): value})).expect("right");
        let text = pairs.get("customFieldConditions").expect("conditions");
        let both = vec![Condition::test("caption", "=", json!(value)), Condition::test("value", "=", custom(&value))];
        prop_assert_eq!(grammar::parse(text), Ok(Condition::All(both)));
    }

    #[test]
    fn numbers_round_trip(integer in any::<i64>(), float in any::<f64>()) {
        let expected = Condition::test("id", "=", json!(integer));
        prop_assert_eq!(tree(&json!({"id": integer})), expected);
        prop_assume!(float.is_finite());
        let written = tree(&json!({"budgetHours": {">": float}}));
        let Condition::Test { value, .. } = written else { panic!("one test") };
        prop_assert_eq!(value.as_f64(), Some(float));
    }
}

/// Returns the operand for a custom field: text that is a date becomes a date.
fn custom(text: &str) -> Value {
    crate::date::utc_seconds(text).map_or_else(|| json!(text), |date| json!({ "date": date }))
}

fn typed(filter: &Filter) -> Condition {
    let expression = super::compile(filter, &GRAMMAR, None).expect("a filter");
    let mut pairs = QueryPairs::new();
    super::add_conditions(&expression, &GRAMMAR, &[], &mut pairs).expect("a filter");
    let custom = pairs.get("customFieldConditions");
    let text = pairs.get("conditions").or(custom).expect("conditions");
    grammar::parse(text).unwrap_or_else(|at| panic!("{text}, which ends at {at}"))
}

proptest! {
    #[test]
    fn typed_filter_is_injection_proof(value in text(), captioned in text()) {
        let summary = || Filter::field("summary");
        for (filter, op) in [
            (summary().eq(value.as_str()), "="),
            (summary().ne(value.as_str()), "!="),
            (summary().contains(value.as_str()), "contains"),
            (!summary().like(value.as_str()), "not like"),
        ] {
            let filter = Filter::field("id").eq(1).or(filter.and(Filter::field("closedFlag").eq(true)));
            let id = Condition::test("id", "=", json!(1));
            let test = Condition::test("summary", op, json!(value));
            let closed = Condition::test("closedFlag", "=", json!(true));
            prop_assert_eq!(typed(&filter), Condition::Any(vec![id, Condition::All(vec![test, closed])]));
        }
        let list = summary().is_in([value.as_str(), "x"]);
        prop_assert_eq!(typed(&list), Condition::test("summary", "in", json!([value, "x"])));
        let custom = Filter::custom_field(captioned.clone()).eq(value.as_str());
        let caption = Condition::test("caption", "=", json!(captioned));
        let compared = Condition::test("value", "=", json!(value));
        prop_assert_eq!(typed(&custom), Condition::All(vec![caption, compared]));
    }
}
