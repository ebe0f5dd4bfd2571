//! Models through the shared reader and writer: what survives a round trip, what is lenient, and what an
//! error says.

use std::collections::BTreeMap;

use crate::support::model::{Line, Order, OrderStatus, Reference};
use proptest::prelude::*;
use serde_json::{Value, json};
use toolcrate_runtime::{Patch, PatchPaths, ToJson};

fn order(value: &Value) -> Result<Order, serde_json::Error> {
    // From text, since that is what comes over the wire.
    serde_json::from_str(&value.to_string())
}

fn full() -> Value {
    json!({
        "id": 7, "cancelFlag": true, "total": 12.5, "big": 9_007_199_254_740_993_i64, "orderNumber": "A-1",
        "customer": {"id": 1, "name": "Acme \"Corp\""},
        "parent": {"id": 6, "parent": {"id": 5}},
        "status": "In Work",
        "lines": [{"description": "Bolt", "quantity": 3, "price": 0.25}, {}],
        "tags": ["a", ""], "statuses": ["Open", "Closed"], "matrix": [[1, 2], []],
        "info": {"updatedBy": "me"}, "groups": {"g": [{"quantity": 1}]},
        "free": [null, {"x": 1}],
    })
}

#[test]
fn every_kind_of_member_survives_a_round_trip() {
    let value = full();
    let order = order(&value).expect("an order");
    assert_eq!(order.id, Some(7));
    assert_eq!(order.status, Some(OrderStatus::InWork));
    assert_eq!(order.big, Some(9_007_199_254_740_993));
    assert_eq!(order.parent.as_ref().and_then(|parent| parent.parent.as_ref()?.id), Some(5));
    assert_eq!(order.matrix, Some(vec![vec![1, 2], vec![]]));
    assert_eq!(serde_json::to_value(&order).expect("JSON"), value);
    // The same through a tree instead of text.
    assert!(serde_json::from_value::<Order>(value).is_ok_and(|other| other == order));
}

#[test]
fn unknown_members_and_unknown_choices_survive() {
    let value =
        json!({"id": 1, "_new": {"a": [1]}, "status": "On Fire", "customer": {"color": null, "id": 2}});
    let order = order(&value).expect("an order");
    assert_eq!(order.status, Some(OrderStatus::Other("On Fire".to_owned())));
    assert_eq!(order.extra.get("_new"), Some(&json!({"a": [1]})));
    assert_eq!(order.extra.len(), 1);
    assert_eq!(serde_json::to_value(&order).expect("JSON"), value);
}

#[test]
fn a_name_that_is_both_known_and_extra_is_written_once() {
    let mut order = Order { id: Some(1), ..Order::default() };
    order.extra.insert("id", 2);
    assert_eq!(order.to_json_string(), r#"{"id":1}"#);
}

#[test]
fn null_is_absent_and_whole_numbers_may_have_a_point() {
    let value = json!({
        "id": 5.0, "big": 6.0, "total": 4, "cancelFlag": null, "orderNumber": null, "customer": null,
        "status": null, "lines": [null, {"quantity": 2.0}], "tags": ["a", null], "info": {"a": null, "b": "c"},
        "free": null,
    });
    let order = order(&value).expect("an order");
    let line = Line { quantity: Some(2), ..Line::default() };
    let expected = Order {
        id: Some(5),
        big: Some(6),
        total: Some(4.0),
        lines: Some(vec![line]),
        tags: Some(vec!["a".to_owned()]),
        info: Some(BTreeMap::from([("b".to_owned(), "c".to_owned())])),
        ..Order::default()
    };
    assert_eq!(order, expected);
}

#[test]
fn members_in_any_order_and_twice_do() {
    let text = r#"{"total":1,"id":1,"lines":[{"quantity":1}],"id":2,"lines":[{"price":2}]}"#;
    let order: Order = serde_json::from_str(text).expect("an order");
    assert_eq!(order.id, Some(2));
    assert_eq!(order.to_json_string(), r#"{"id":2,"total":1.0,"lines":[{"price":2.0}]}"#);
}

#[test]
fn value_of_another_type_is_an_unknown_field() {
    // The object that has the odd value, and the name of the field.
    let cases = [
        (json!({"id": "x"}), "", "id"),
        (json!({"id": 5.5}), "", "id"),
        (json!({"id": 3_000_000_000_u64}), "", "id"),
        (json!({"big": u64::MAX}), "", "big"),
        (json!({"orderNumber": 5}), "", "orderNumber"),
        (json!({"orderNumber": true}), "", "orderNumber"),
        (json!({"status": 1}), "", "status"),
        (json!({"customer": [1]}), "", "customer"),
        (json!({"customer": {"name": {"id": 1}}}), "/customer", "name"),
        (json!({"lines": {"a": 1}}), "", "lines"),
        (json!({"lines": [{"quantity": 2}, "x", {"price": 1.0}]}), "", "lines"),
        (json!({"lines": [{}, {}, {}, {"quantity": "3"}]}), "/lines/3", "quantity"),
        (json!({"matrix": [[], [1, "2"], [3]]}), "", "matrix"),
        (json!({"info": {"x": "a", "a b": 1, "z": "b"}}), "", "info"),
        (json!({"groups": {"g": [{"price": false}]}}), "/groups/g/0", "price"),
        (json!({"parent": {"parent": {"id": []}}}), "/parent/parent", "id"),
    ];
    for (mut value, parent, name) in cases {
        value["total"] = json!(1.5);
        let order = order(&value).unwrap_or_else(|error| panic!("{value}: {error}"));
        assert_eq!(order.total, Some(1.5), "{value}");
        let written = serde_json::to_value(&order).expect("JSON");
        let member = format!("{parent}/{name}");
        assert_eq!(written.pointer(&member), value.pointer(&member), "written as it was read");
        if parent.is_empty() {
            assert_eq!(order.extra.get(name), value.get(name), "{value}");
        }
    }
}

#[test]
fn a_field_that_is_set_replaces_the_odd_value() {
    let mut order = order(&json!({"id": "x"})).expect("an order");
    order.id = Some(5);
    assert_eq!(order.to_json_string(), r#"{"id":5}"#);
}

#[test]
fn a_document_of_another_type_is_an_error() {
    for (value, expected) in
        [(json!([1]), "expected an object, found a list"), (json!(null), "expected an object, found null")]
    {
        let error = order(&value).expect_err(expected).to_string();
        assert!(error.starts_with(expected), "{error}");
    }
}

#[test]
fn truncated_document_is_reported_with_its_path() {
    let error = serde_json::from_str::<Order>(r#"{"lines":[{"quantity":1"#).expect_err("cut");
    assert!(error.to_string().starts_with("lines[0]: EOF while parsing"), "{error}");
}

#[test]
fn depth_is_limited_by_the_format_and_not_by_the_stack() {
    let text = |depth: usize| [r#"{"parent":"#.repeat(depth), "{}".to_owned(), "}".repeat(depth)].concat();
    assert!(serde_json::from_str::<Order>(&text(120)).is_ok());
    let error = serde_json::from_str::<Order>(&text(5_000)).expect_err("too deep");
    assert!(error.to_string().contains("recursion limit"), "{error}");
}

#[test]
fn debug_prints_the_name_and_json() {
    let order = Order { id: Some(1), ..Order::default() };
    assert_eq!(format!("{order:?}"), r#"Order {"id":1}"#);
    assert_eq!(format!("{:?} {}", OrderStatus::InWork, OrderStatus::InWork), r#""In Work" In Work"#);
    assert_eq!(OrderStatus::from("Closed"), OrderStatus::Closed);
    assert_eq!(OrderStatus::from("x").as_str(), "x");
}

#[test]
fn patches_are_made_from_what_is_set_and_from_differences() {
    let old = Order {
        id: Some(1),
        total: Some(1.0),
        customer: Some(Reference { id: Some(1), name: Some("A".to_owned()), ..Reference::default() }),
        ..Order::default()
    };
    let mut new = old.clone();
    new.total = None;
    new.cancel_flag = Some(true);
    new.customer = Some(Reference { id: Some(2), ..Reference::default() });
    let patch = Patch::between(&old, &new);
    assert_eq!(
        patch.to_json(PatchPaths::Pointer),
        r#"[{"op":"add","path":"/cancelFlag","value":true},{"op":"replace","path":"/customer","value":{"id":2}},{"op":"remove","path":"/total"}]"#
    );
    assert!(Patch::between(&old, &old.clone()).is_empty());
    let changes = Patch::changes(&Line { quantity: Some(3), ..Line::default() });
    assert_eq!(changes.to_json(PatchPaths::Bare), r#"[{"op":"replace","path":"quantity","value":3}]"#);
    let by_hand = Patch::<Order>::new()
        .set("/orderNumber", "x")
        .set("customer/id", 5)
        .set("status", OrderStatus::Closed)
        .remove("total")
        .raw("test", "id", Some(json!(1)));
    assert_eq!(
        by_hand.to_json(PatchPaths::Bare),
        r#"[{"op":"replace","path":"orderNumber","value":"x"},{"op":"replace","path":"customer/id","value":5},{"op":"replace","path":"status","value":"Closed"},{"op":"remove","path":"total"},{"op":"test","path":"id","value":1}]"#
    );
    let mut odd = Line::default();
    odd.extra.insert("a/b~c", 1);
    assert!(Patch::changes(&odd).to_json(PatchPaths::Pointer).contains(r#""/a~1b~0c""#));
}

/// Any JSON, small.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map("[a-zA-Z_]{1,8}", inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_object_round_trips_or_is_an_error(members in prop::collection::hash_map(
        prop_oneof!["[a-zA-Z_]{1,8}", Just("lines".to_owned()), Just("customer".to_owned()), Just("free".to_owned())],
        any_json(),
        0..6,
    )) {
        let value = Value::Object(members.into_iter().collect());
        if let Ok(order) = order(&value) {
            prop_assert_eq!(serde_json::to_value(&order).expect("JSON"), value);
        }
    }
}
