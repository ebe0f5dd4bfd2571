//! Tests for an account's definitions, and for the conversion of custom fields between their two forms.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::api::{CustomFieldDefinitions, CustomFieldKind, CustomFields};
use crate::error::FieldError;

const FORMAT: CustomFieldDefinitions = CustomFieldDefinitions {
    path: "/definitions",
    kind: "type",
    kinds: &[
        ("Number", CustomFieldKind::Number),
        ("Checkbox", CustomFieldKind::Boolean),
        ("Date", CustomFieldKind::Date),
    ],
    required: "required",
    read_only: "readOnly",
    options: "options",
    option: "text",
    inactive: "inactive",
    screen_fields: &["place", "screen"],
    records: &[("Order", &["or100"])],
    screen_words: &["overview"],
};
const FIELDS: CustomFields = CustomFields {
    member: "extras",
    key: "id",
    caption: "caption",
    value: "value",
    definitions: Some(FORMAT),
};

fn account_fields() -> AccountFields {
    let rows = json!([
        {"id": 1, "caption": "Region", "type": "Text", "screen": "OR100", "options": [
            {"text": "West"}, {"text": "East"}, {"text": "Old", "inactive": true},
        ]},
        {"id": 2, "caption": "Size", "type": "number", "screen": "or100"},
        {"id": 3, "caption": "Checked", "type": "Checkbox", "place": "Order Overview"},
        {"id": 4, "caption": "Due", "type": "Date", "place": "order"},
        {"id": 5, "caption": "Total", "type": "Number", "screen": "or100", "readOnly": true},
        {"id": 6, "caption": "Notes", "type": "TextArea", "screen": "or100", "required": true},
        {"id": 7, "caption": "Region", "type": "Text", "place": "Order Line Overview"},
        {"id": 8, "caption": "Twice", "place": "Customer"},
        {"id": 9, "caption": "Twice", "place": "Site"},
        {"caption": "No id"},
        {"id": 10, "caption": " "},
    ]);
    let rows = rows.as_array().expect("rows");
    AccountFields::new(rows.iter().filter_map(|row| CustomField::read(row, &FIELDS, &FORMAT)).collect())
}

fn sent(
    record: Option<&str>,
    fields: Option<&AccountFields>,
    extras: &Value,
) -> Result<Value, Vec<FieldError>> {
    let scope = fields.map(|fields| FieldScope { fields, format: &FORMAT, record });
    let schema = json!({"type": "object", "properties": {
        "extras": {"type": "object"},
        "lines": {"type": "array", "items": {"type": "object", "properties": {"extras": {"type": "object"}}}},
    }});
    let mut value = json!({"extras": extras, "lines": [{"extras": extras}], "other": {"extras": {"a": 1}}});
    let mut problems = Vec::new();
    to_api(&schema, &mut value, &FIELDS, scope, "", &mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    assert_eq!(value["extras"], value["lines"][0]["extras"], "at any depth that the schema knows");
    assert_eq!(value["other"], json!({"extras": {"a": 1}}));
    Ok(value["extras"].clone())
}

#[test]
fn definitions_apply_to_their_record_types() {
    let fields = account_fields();
    let captions = |record: &str| -> Vec<String> {
        let scope = FieldScope { fields: &fields, format: &FORMAT, record: Some(record) };
        scope.record_fields().map(|field| field.caption.clone()).collect()
    };
    assert_eq!(captions("Order"), ["Region", "Size", "Checked", "Due", "Total", "Notes"]);
    assert_eq!(captions("OrderLine"), ["Region"]);
    assert_eq!(captions("Customer"), ["Twice"]);
    assert!(captions("Project").is_empty());
    let scope = FieldScope { fields: &fields, format: &FORMAT, record: Some("Order") };
    let region = scope.record_fields().next().expect("a field");
    assert_eq!(
        (region.options.as_slice(), region.kind),
        (["West".into(), "East".into()].as_slice(), CustomFieldKind::Text)
    );
}

#[test]
fn captions_become_ids_and_values_are_typed() {
    let fields = account_fields();
    let extras = json!({
        "Region": "West", "size": "1.5", "Checked": "true", "Due": "2025-01-31T01:00:00+02:00", "Notes": 5,
    });
    let expected = json!([
        {"id": 1, "value": "West"}, {"id": 2, "value": 1.5}, {"id": 3, "value": true},
        {"id": 4, "value": "2025-01-30T23:00:00Z"}, {"id": 6, "value": "5"},
    ]);
    assert_eq!(sent(Some("Order"), Some(&fields), &extras), Ok(expected));
    // Null means absent, and an ID suffix distinguishes equal captions.
    let extras = json!({"Region": null, "Total": null, "Region [id 7]": "x", "Twice [id 9]": "y"});
    let expected = json!([{"id": 7, "value": "x"}, {"id": 9, "value": "y"}]);
    assert_eq!(sent(Some("Order"), Some(&fields), &extras), Ok(expected));
    // A caption that several records have, with nothing to indicate the right one, is left to the API.
    let expected = json!([{"caption": "Twice", "value": "x"}]);
    assert_eq!(sent(Some("Project"), Some(&fields), &json!({"Twice": "x"})), Ok(expected));
    assert_eq!(
        sent(Some("Customer"), Some(&fields), &json!({"Twice": "x"})),
        Ok(json!([{"id": 8, "value": "x"}]))
    );
}

#[test]
fn field_of_another_record_needs_its_id() {
    let fields = account_fields();
    let problems = sent(Some("Order"), Some(&fields), &json!({"twice": "x"})).expect_err("not an order's");
    assert_eq!((problems[0].pointer.as_str(), problems[0].code.as_str()), ("/extras/twice", "unknown"));
    let hint = "to set it anyway, pass \"Twice [id 8]\"";
    assert!(problems[0].message.ends_with(hint), "{}", problems[0].message);
    let expected = json!([{"id": 8, "value": "x"}]);
    assert_eq!(sent(Some("Order"), Some(&fields), &json!({"Twice [id 8]": "x"})), Ok(expected));
}

#[test]
fn captions_in_a_list_become_ids_and_unknown_ones_are_reported() {
    let fields = account_fields();
    let list = json!([{"caption": "Region", "value": "West"}, {"id": 99, "caption": "Nope", "value": 1}]);
    let expected = json!([{"id": 1, "value": "West"}, {"id": 99, "caption": "Nope", "value": 1}]);
    assert_eq!(sent(Some("Order"), Some(&fields), &list), Ok(expected));
    assert_eq!(sent(Some("Order"), None, &list), Ok(list));
    for (list, pointer) in [
        (json!([{"caption": "Regoin", "value": "West"}]), "/extras/0/caption"),
        (json!([{"caption": "Size", "value": "seven"}]), "/extras/0/value"),
    ] {
        let problems = sent(Some("Order"), Some(&fields), &list).expect_err("invalid");
        assert_eq!(problems[0].pointer, pointer);
    }
}

#[test]
fn fields_that_are_all_null_are_not_sent() {
    let fields = account_fields();
    for fields in [None, Some(&fields)] {
        assert_eq!(sent(Some("Order"), fields, &json!({"Region": null, "Size": null})), Ok(Value::Null));
        assert_eq!(sent(Some("Order"), fields, &json!({})), Ok(json!([])));
    }
    let problems = sent(Some("Order"), Some(&fields), &json!({"Regoin": null})).expect_err("unknown");
    assert_eq!(problems[0].pointer, "/extras/Regoin");
}

#[test]
fn field_is_cleared_by_id_or_caption() {
    let fields = account_fields();
    let scope = Some(FieldScope { fields: &fields, format: &FORMAT, record: Some("Order") });
    assert_eq!(emptied_item("region", &FIELDS, scope), Ok(json!({"id": 1, "value": null})));
    assert_eq!(emptied_item("Region [id 7]", &FIELDS, scope), Ok(json!({"id": 7, "value": null})));
    assert_eq!(emptied_item("Region", &FIELDS, None), Ok(json!({"caption": "Region", "value": null})));
    assert_eq!(emptied_item("Total", &FIELDS, scope).map_err(|(code, _)| code), Err("read_only"));
    assert_eq!(emptied_item("Regoin", &FIELDS, scope).map_err(|(code, _)| code), Err("unknown"));
    let (one, other) = (json!({"id": 1, "value": "x"}), json!({"id": 2, "value": "x"}));
    assert!(
        is_same_field(&one, &json!({"id": 1, "value": null}), &FIELDS)
            && !is_same_field(&one, &other, &FIELDS)
    );
}

#[test]
fn captions_are_sent_without_definitions() {
    let extras = json!({"Region": "West", "Size [id 2]": 5, "Code [id x-1]": true});
    let expected = json!([
        {"caption": "Region", "value": "West"}, {"id": 2, "value": 5}, {"id": "x-1", "value": true},
    ]);
    assert_eq!(sent(Some("Order"), None, &extras), Ok(expected.clone()));
    let unreadable = AccountFields::unreadable();
    assert_eq!(sent(Some("Order"), Some(&unreadable), &extras), Ok(expected));
    let none = AccountFields::new(Vec::new());
    let problems = sent(Some("Order"), Some(&none), &extras).expect_err("the account has no fields");
    assert_eq!(problems[0].message, "unknown custom field \"Region\"");
    // The API's own list is accepted unchanged.
    let list = json!([{"id": 1, "value": "West"}]);
    assert_eq!(sent(None, None, &list), Ok(list));
}

#[test]
fn captions_are_compared_trimmed() {
    let fields = account_fields();
    let expected = Ok(json!([{"id": 1, "value": "West"}, {"id": 2, "value": 5}]));
    assert_eq!(sent(Some("Order"), Some(&fields), &json!({"Region ": "West", " size": 5})), expected);
}

#[test]
fn errors_have_the_pointer_of_the_value() {
    let fields = account_fields();
    for (extras, pointer, code, said) in [
        (json!({"Regoin": "West"}), "/extras/Regoin", "unknown", "did you mean Region?"),
        (json!({"Region": "North"}), "/extras/Region", "enum", "one of West, East"),
        (json!({"Region": "Old"}), "/extras/Region", "enum", "one of West, East"),
        (json!({"Size": "big"}), "/extras/Size", "type", "a number"),
        (json!({"Size": true}), "/extras/Size", "type", "a number"),
        (json!({"Checked": 1}), "/extras/Checked", "type", "true or false"),
        (json!({"Due": "soon"}), "/extras/Due", "format", "a date"),
        (json!({"Total": 5}), "/extras/Total", "read_only", "is read-only"),
        (json!({"Notes": {"a": 1}}), "/extras/Notes", "type", "expected a string"),
        (json!({"a/b~": 1}), "/extras/a~1b~0", "unknown", "unknown custom field \"a/b~\""),
    ] {
        let problems = sent(Some("Order"), Some(&fields), &extras).expect_err("it is wrong");
        assert_eq!((problems[0].pointer.as_str(), problems[0].code.as_str()), (pointer, code), "{extras}");
        assert!(problems[0].message.contains(said), "{extras}: {}", problems[0].message);
    }
}

#[test]
fn responses_have_custom_fields_by_caption() {
    let item = |id: i32, caption: &str, value: Value| json!({"id": id, "caption": caption, "type": "Text", "value": value});
    let mut value = json!([
        {"id": 1, "extras": [item(1, "Region", json!("West")), item(2, "Size", Value::Null)]},
        {"id": 2, "line": {"extras": [item(1, "Region", json!("East")), item(7, "Region", json!("x"))]}},
        {"id": 3, "extras": [], "other": [{"caption": "kept"}]},
        {"id": 4, "extras": [{"id": 1}]},
    ]);
    let mut ids = BTreeMap::new();
    from_api(&mut value, &FIELDS, &mut ids);
    let expected = json!([
        {"id": 1, "extras": {"Region": "West", "Size": null}},
        {"id": 2, "line": {"extras": {"Region": "East", "Region [id 7]": "x"}}},
        {"id": 3, "extras": {}, "other": [{"caption": "kept"}]},
        {"id": 4, "extras": [{"id": 1}]},
    ]);
    assert_eq!(value, expected);
    assert_eq!(json!(ids), json!({"Region": 1, "Region [id 7]": 7, "Size": 2}));
}

proptest! {
    #[test]
    fn custom_fields_round_trip(
        captions in prop::collection::vec("[A-Za-z \\[\\]#/~é]{1,25}", 0..8),
        numbers in prop::collection::vec(any::<i32>(), 8),
    ) {
        let items: Vec<Value> = captions.iter().zip(&numbers).enumerate()
            .map(|(id, (caption, number))| json!({"id": id, "caption": caption, "value": number}))
            .collect();
        let mut read = json!({"extras": items});
        let mut ids = BTreeMap::new();
        from_api(&mut read, &FIELDS, &mut ids);
        let by_caption = read["extras"].as_object().cloned().unwrap_or_else(Map::new);
        prop_assert_eq!(by_caption.len(), items.len());
        // Every value is still assigned to its field, by the IDs in the response.
        for item in &items {
            let caption = ids.iter().find(|(_, id)| **id == item["id"]).map(|(caption, _)| caption);
            prop_assert_eq!(&by_caption[caption.expect("a caption")], &item["value"]);
        }
        let schema = json!({"type": "object", "properties": {"extras": {"type": "object"}}});
        let mut problems = Vec::new();
        to_api(&schema, &mut read, &FIELDS, None, "", &mut problems);
        prop_assert!(problems.is_empty());
        prop_assert_eq!(read["extras"].as_array().map(Vec::len), Some(items.len()));
    }
}
