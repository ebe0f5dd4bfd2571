//! Tests models and the serialization code that they share: round trips, lenient parsing, and error messages.

use std::collections::BTreeMap;

use crate::support::model::{Line, Order, OrderStatus, Reference};
use proptest::prelude::*;
use serde_json::{Value, json};
use toolcrate_runtime::serde::de::Deserialize;
use toolcrate_runtime::serde::de::value::MapDeserializer;
use toolcrate_runtime::{Patch, PatchPaths, SetNull, ToJson, field_path};

fn order(value: &Value) -> Result<Order, serde_json::Error> {
    // Deserialized from text, as in real responses.
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
        "due": "2025-01-31T09:30:00Z", "day": "2025-01-31", "enteredBy": "me",
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
    // The same, through a tree instead of text.
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
fn name_that_is_both_known_and_extra_is_written_once() {
    let mut order = Order { id: Some(1), ..Order::default() };
    order.extra.insert("id", 2);
    assert_eq!(order.to_json_string(), r#"{"id":1}"#);
}

#[test]
fn null_is_absent_and_integers_may_have_a_decimal_point() {
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
        total: Some(4.into()),
        lines: Some(vec![line]),
        tags: Some(vec!["a".to_owned()]),
        info: Some(BTreeMap::from([("b".to_owned(), "c".to_owned())])),
        ..Order::default()
    };
    assert_eq!(order, expected);
}

#[test]
fn fields_are_accepted_in_any_order_and_repeated() {
    let text = r#"{"total":1,"id":1,"lines":[{"quantity":1}],"id":2,"lines":[{"price":2}]}"#;
    let order: Order = serde_json::from_str(text).expect("an order");
    assert_eq!(order.id, Some(2));
    assert_eq!(order.to_json_string(), r#"{"id":2,"total":1,"lines":[{"price":2}]}"#);
}

#[test]
fn value_of_another_type_is_an_unknown_field() {
    // The object with the odd value, and the field name.
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
        (json!({"big": 1, "lines": [{"price": "3"}]}), "/lines/0", "price"),
        (json!({"lines": [{"price": {"x": 1}}]}), "/lines/0", "price"),
        (json!({"due": "soon"}), "", "due"),
        (json!({"due": 5}), "", "due"),
        (json!({"day": "2025-02-30"}), "", "day"),
    ];
    for (mut value, parent, name) in cases {
        value["total"] = json!(1.5);
        let order = order(&value).unwrap_or_else(|error| panic!("{value}: {error}"));
        assert_eq!(order.total, Some(1.5.into()), "{value}");
        let written = serde_json::to_value(&order).expect("JSON");
        let member = format!("{parent}/{name}");
        assert_eq!(written.pointer(&member), value.pointer(&member), "written as it was read");
        if parent.is_empty() {
            assert_eq!(order.extra.get(name), value.get(name), "{value}");
        }
    }
}

#[test]
fn setting_a_field_replaces_the_mistyped_value() {
    let mut order = order(&json!({"id": "x"})).expect("an order");
    order.id = Some(5);
    assert_eq!(order.to_json_string(), r#"{"id":5}"#);
}

#[test]
fn document_with_another_type_is_an_error() {
    for (value, expected) in
        [(json!([1]), "expected an object, got a list"), (json!(null), "expected an object, got null")]
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
fn depth_is_limited_by_the_format_not_the_stack() {
    let text = |depth: usize| [r#"{"parent":"#.repeat(depth), "{}".to_owned(), "}".repeat(depth)].concat();
    assert!(serde_json::from_str::<Order>(&text(120)).is_ok());
    let error = serde_json::from_str::<Order>(&text(5_000)).expect_err("too deep");
    assert!(error.to_string().contains("recursion limit"), "{error}");
}

#[test]
fn numbers_keep_their_digits() {
    let text = r#"{"total":1.10,"lines":[{"price":5.00}]}"#;
    let order: Order = serde_json::from_str(text).expect("an order");
    assert_eq!(order.total, Some(1.1.into()));
    assert_eq!(order.to_json_string(), text);
    // A value that doesn't fit any number type is kept as text.
    let huge: Order = serde_json::from_str(r#"{"id":1,"total":1e400}"#).expect("an order");
    assert_eq!((huge.id, huge.extra.get("total")), (Some(1), Some(&json!("1e400"))));
    // Other formats have no digits, only values.
    assert_eq!(serde_json::to_string(&order.total).expect("JSON"), "1.1");
    let tree = serde_json::from_str::<Value>(r#"{"total":1.10}"#).expect("JSON");
    assert_eq!(serde_json::from_value::<Order>(tree).expect("an order").total, Some(1.1.into()));
    let pairs =
        MapDeserializer::<_, toolcrate_runtime::serde::de::value::Error>::new([("total", 2.5)].into_iter());
    assert_eq!(Order::deserialize(pairs).expect("an order").total, Some(2.5.into()));
}

#[test]
fn references_are_built_from_ids_identifiers_and_names() {
    let mut order = Order::default();
    assert!(order.customer.is_empty());
    order.customer = 842.into();
    assert_eq!(order.to_json_string(), r#"{"customer":{"id":842}}"#);
    order.customer = Reference::name("Acme");
    assert_eq!(order.to_json_string(), r#"{"customer":{"name":"Acme"}}"#);
    order.customer = Reference::default();
    assert_eq!(order.to_json_string(), "{}");
}

#[test]
fn bodies_and_patches_omit_server_computed_fields() {
    let text = r#"{"id":7,"total":1,"parent":{"id":6,"enteredBy":"me"},"enteredBy":"me"}"#;
    let mut order: Order = serde_json::from_str(text).expect("an order");
    assert_eq!(order.to_json_string(), text);
    assert_eq!(order.to_body_json(), r#"{"total":1,"parent":{"id":6}}"#);
    // In a list, the ID identifies the record.
    assert_eq!([order.clone()].to_body_json(), r#"[{"id":7,"total":1,"parent":{"id":6}}]"#);
    let old = order.clone();
    (order.id, order.entered_by) = (Some(8), None);
    order.extra.insert("enteredBy", "you");
    assert!(Patch::between(&old, &order).is_empty());
    order.due = "2025-01-31T09:30:00Z".parse().ok();
    assert_eq!(
        Patch::between(&old, &order).to_json(PatchPaths::Bare),
        r#"[{"op":"add","path":"due","value":"2025-01-31T09:30:00Z"}]"#
    );
    let patch = Patch::new().set(|order: &mut Order| &mut order.id, 5).clear(|order| &mut order.entered_by);
    assert!(patch.is_empty(), "{patch:?}");
}

#[test]
fn patches_are_built_by_closures() {
    let patch = Patch::from_fn(|order: &mut Order| {
        order.order_number = Some("A-17".into());
        order.customer = 842.into();
        order.set_null(|order| &mut order.total);
    });
    assert_eq!(
        patch.to_json(PatchPaths::Bare),
        r#"[{"op":"replace","path":"orderNumber","value":"A-17"},{"op":"replace","path":"customer","value":{"id":842}},{"op":"replace","path":"total","value":null}]"#
    );
    let patch = Patch::new()
        .set(|order: &mut Order| &mut order.order_number, "A-17")
        .set(|order| &mut order.customer, 842)
        .clear(|order| &mut order.total)
        .clear(|order| &mut order.parent);
    assert_eq!(
        patch.to_json(PatchPaths::Bare),
        r#"[{"op":"replace","path":"orderNumber","value":"A-17"},{"op":"replace","path":"customer","value":{"id":842}},{"op":"remove","path":"total"},{"op":"remove","path":"parent"}]"#
    );
}

#[test]
#[should_panic(expected = "a top-level field of the record")]
fn patch_does_not_clear_part_of_a_reference() {
    let _ = Patch::new().clear(|order: &mut Order| &mut order.customer.id);
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
fn patches_are_built_from_set_fields_and_from_differences() {
    let old = Order {
        id: Some(1),
        total: Some(1.into()),
        customer: Reference { id: Some(1), name: Some("A".to_owned()), ..Reference::default() },
        ..Order::default()
    };
    let mut new = old.clone();
    new.total = None;
    new.cancel_flag = Some(true);
    new.customer = 2.into();
    let patch = Patch::between(&old, &new);
    assert_eq!(
        patch.to_json(PatchPaths::Pointer),
        r#"[{"op":"add","path":"/cancelFlag","value":true},{"op":"replace","path":"/customer","value":{"id":2}},{"op":"remove","path":"/total"}]"#
    );
    assert!(Patch::between(&old, &old.clone()).is_empty());
    let changes = Patch::changes(&Line { quantity: Some(3), ..Line::default() });
    assert_eq!(changes.to_json(PatchPaths::Bare), r#"[{"op":"replace","path":"quantity","value":3}]"#);
    let by_hand = Patch::<Order>::new()
        .replace("/orderNumber", "x")
        .replace("customer/id", 5)
        .replace("status", OrderStatus::Closed)
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

/// Returns a strategy for any small JSON value.
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

#[test]
fn the_path_of_a_field_is_found_by_the_closure_that_picks_it() {
    assert_eq!(field_path(|order: &mut Order| &mut order.id), "id");
    assert_eq!(field_path(|order: &mut Order| &mut order.cancel_flag), "cancelFlag");
    assert_eq!(field_path(|order: &mut Order| &mut order.customer), "customer");
    assert_eq!(field_path(|order: &mut Order| &mut order.customer.id), "customer/id");
    assert_eq!(field_path(|order: &mut Order| &mut order.customer.name), "customer/name");
    assert_eq!(field_path(|order: &mut Order| &mut order.due), "due");
    let elsewhere = std::panic::catch_unwind(|| {
        field_path(|_: &mut Order| Box::leak(Box::new(Some(1))));
    });
    assert!(elsewhere.is_err());
}
