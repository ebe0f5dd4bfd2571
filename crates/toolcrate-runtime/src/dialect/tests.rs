//! Tests the declarations and arguments of one tool in each dialect.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};
use toolcrate_catalog::{CatalogFiles, CatalogText, ToolRecord};

use super::anthropic::{argument_names, is_accepted};
use super::gemini::gemini_schema;
use super::openai::shorten;
use super::openai_strict::strict_schema;
use super::value_encoding::SpecialProperties;
use super::*;
use crate::api::{Api, CustomFields, FilterGrammar, PatchPaths};
use crate::tool::Catalog;

const SPECIAL: SpecialProperties =
    SpecialProperties { filter: Some("filter"), custom_fields: Some("extras") };

static API: Api = Api {
    patch_paths: PatchPaths::Bare,
    filter: Some(FilterGrammar {
        argument: "filter",
        conditions: "conditions",
        child_conditions: "childConditions",
        custom_field_conditions: "customFieldConditions",
        custom_fields: "customFields",
        extra_fields: &[],
    }),
    custom_fields: Some(CustomFields {
        member: "extras",
        key: "id",
        caption: "caption",
        value: "value",
        definitions: None,
    }),
    ..Api::new("Orders", "orders/1.0")
};

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    let lines = include_str!("../../tests/it/support/sales.jsonl").lines();
    let tools: Vec<ToolRecord<'_>> =
        lines.map(|line| serde_json::from_str(line).expect("a record")).collect();
    let mut files = CatalogFiles::new();
    files.add_tools(&tools).expect("records");
    let files = files.into_files();
    Catalog::new(&API, CatalogText::leak(files.iter().map(|(path, text)| (path.as_str(), text.as_str()))))
});

fn source() -> Value {
    json!({"type": "object", "properties": {
        "id": {"type": "integer", "description": "Id of the order."},
        "filter": {"type": "object", "description": "Members. Fields: id, name"},
        "status": {"type": "string", "enum": ["Open", ""], "maxLength": 9},
        "when": {"type": "string", "format": "date"},
        "customer": {"type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}},
        "extras": {"type": "object", "description": "By caption."},
        "settings": {"type": "object", "additionalProperties": {"type": "string"}},
        "any": {"type": ["string", "number", "object", "array", "null"], "items": {"type": "string"}},
        "tags": {"type": "array", "items": {"type": "string"}},
    }, "required": ["id"], "additionalProperties": false})
}

/// Returns arguments sent by a model as the arguments of a tool with this schema.
fn denormalized(dialect: Dialect, schema: &Value, arguments: &Value) -> Value {
    let arguments = arguments.as_object().cloned().expect("an object");
    let tool = CATALOG.get("list_all_orders").expect("a tool");
    let record = tool.details();
    let tool = CalledTool { tool, record: &record, schema: &|| schema };
    Value::Object(denormalize_arguments(dialect, &tool, arguments))
}

fn restored(dialect: Dialect, arguments: Value) -> Value {
    denormalized(dialect, &source(), &arguments)
}

#[test]
fn strict_requires_everything_and_closes_every_object() {
    let schema = strict_schema(&source(), &SPECIAL);
    let members = &schema["properties"];
    assert_eq!(schema["required"].as_array().map(Vec::len), Some(9));
    assert_eq!(members["id"], json!({"type": "integer", "description": "Id of the order."}));
    assert_eq!(
        members["status"],
        json!({"type": ["string", "null"], "enum": ["Open", "", null], "description": "At most 9 characters."})
    );
    let customer = json!({
        "type": ["object", "null"], "required": ["id", "name"],
        "properties": {"id": {"type": ["integer", "null"]}, "name": {"type": ["string", "null"]}},
        "additionalProperties": false,
    });
    assert_eq!(members["customer"], customer);
    let test = &members["filter"]["items"];
    assert_eq!(test["required"], json!(["field", "op", "value", "values"]));
    assert_eq!(members["filter"]["description"], "Conditions that must all be met. Fields: id, name");
    assert_eq!(members["extras"]["items"]["required"], json!(["caption", "value"]));
    let value = json!({"type": ["string", "number", "boolean"]});
    assert_eq!(members["extras"]["items"]["properties"]["value"], value);
    assert_eq!(
        members["settings"],
        json!({"type": ["string", "null"], "description": "A JSON object, as text."})
    );
    assert_eq!(members["any"]["type"], json!(["string", "number", "null"]));
    assert_eq!(members["tags"], json!({"type": ["array", "null"], "items": {"type": "string"}}));
    assert!(jsonschema::draft202012::meta::is_valid(&schema));
}

#[test]
fn strict_null_arguments_are_dropped_and_encoded_values_decoded() {
    let sent = json!({
        "id": 1, "status": null, "when": null, "customer": {"id": 5, "name": null}, "settings": "{\"a\": \"b\"}",
        "filter": [
            {"field": "id", "op": "in", "value": null, "values": ["1"]},
            {"field": "name", "op": "=", "value": null, "values": null},
        ],
        "extras": [{"caption": "Region", "value": "West"}, {"caption": "Size", "value": null}],
        "any": "[\"x\"]", "tags": null,
    });
    let own = json!({
        // Nulls within an argument are removed by validation.
        "id": 1, "customer": {"id": 5, "name": null}, "settings": {"a": "b"},
        "filter": [
            {"field": "id", "op": "in", "value": ["1"]}, {"field": "name", "op": "=", "value": null},
        ],
        "extras": {"Region": "West", "Size": null}, "any": ["x"],
    });
    assert_eq!(restored(Dialect::OpenAiStrict, sent), own);
    // Invalid values are kept, so they are reported.
    let wrong = json!({"id": 1, "settings": "no JSON", "extras": [{"name": 1}], "filter": {"id": 1}});
    assert_eq!(restored(Dialect::OpenAiStrict, wrong.clone()), wrong);
}

#[test]
fn null_in_a_raw_operation_is_left_to_validation() {
    let schema = json!({"type": "object", "properties": {
        "operations": {"type": "array", "items": {"type": "object", "properties": {
            "op": {"type": "string"}, "value": {"type": ["string", "number", "object"]},
        }}},
        "values": {"type": "array", "items": {"type": ["string", "number", "object"]}},
    }});
    let read = |dialect: Dialect, sent: &Value| denormalized(dialect, &schema, sent);
    let sent = json!({"operations": [{"op": null, "value": null}]});
    assert_eq!(read(Dialect::OpenAiStrict, &sent), sent);
    // The string "null" remains a string in a list, from which nothing can be left out.
    let sent = json!({"operations": [{"op": "replace", "value": "null"}], "values": ["null", "5"]});
    let own = json!({"operations": [{"op": "replace", "value": null}], "values": ["null", 5]});
    assert_eq!(read(Dialect::Gemini, &sent), own);
}

#[test]
fn gemini_schemas_have_one_type_per_node() {
    let schema = gemini_schema(&source(), &SPECIAL);
    let members = &schema["properties"];
    assert_eq!(schema["required"], json!(["id"]));
    assert_eq!(schema.get("additionalProperties"), None);
    assert_eq!(
        members["status"],
        json!({"type": "string", "maxLength": 9, "format": "enum", "enum": ["Open"]})
    );
    assert_eq!(members["when"], json!({"type": "string", "description": "Format: date."}));
    assert_eq!(members["any"]["type"], "string");
    assert_eq!(members["any"]["nullable"], true);
    assert_eq!(members["filter"]["items"]["properties"]["value"]["nullable"], true);
    assert_eq!(members["filter"]["items"]["required"], json!(["field", "op"]));
    let sent = json!({
        "id": 1, "any": "5", "extras": [{"caption": "Region", "value": "West"}], "settings": "{}",
        "filter": [{"field": "id", "op": ">", "value": "5"}],
    });
    let own = json!({
        "id": 1, "any": 5, "extras": {"Region": "West"}, "settings": {},
        "filter": [{"field": "id", "op": ">", "value": "5"}],
    });
    assert_eq!(restored(Dialect::Gemini, sent), own);
    assert_eq!(restored(Dialect::Gemini, json!({"any": "\"5\""})), json!({"any": "5"}));
    assert_eq!(restored(Dialect::Gemini, json!({"any": "five"})), json!({"any": "five"}));
}

#[test]
fn rejected_property_names_are_replaced_and_restored() {
    let schema = json!({"type": "object", "properties": {
        "a/b": {"type": "string"}, "a_b": {"type": "string"}, "ok": {"type": "string"},
    }, "required": ["a/b"]});
    let names = argument_names(&schema);
    assert_eq!((names.own("a_b_2"), names.own("a_b")), (Some("a/b"), None));
    let renamed = names.rename(&schema);
    assert_eq!(renamed["required"], json!(["a_b_2"]));
    let declared: Vec<&String> = renamed["properties"].as_object().expect("properties").keys().collect();
    assert_eq!(declared, ["a_b_2", "a_b", "ok"]);
    let sent = Map::from_iter([("a_b_2".to_owned(), json!(1)), ("a_b".to_owned(), json!(2))]);
    assert_eq!(Value::Object(names.restore(sent)), json!({"a/b": 1, "a_b": 2}));
    let long = json!({"type": "object", "properties": {"ü".repeat(80): {"type": "string"}}});
    let renamed = argument_names(&long).rename(&long);
    assert!(renamed["properties"].as_object().expect("properties").keys().all(|name| is_accepted(name)));
}

#[test]
fn query_strings_are_converted_to_schema_types() {
    let sent = json!({
        "id": "7", "tags": {"0": "a", "1": "b"}, "customer": {"id": "5"}, "settings": "{\"a\":\"b\"}",
        "filter": {"id": {">": "5"}, "or": {"0": {"id": "1"}}}, "integrated_account_id": "acct",
    });
    let own = json!({
        "id": 7, "tags": ["a", "b"], "customer": {"id": 5}, "settings": {"a": "b"},
        "filter": {"id": {">": "5"}, "or": [{"id": "1"}]},
    });
    assert_eq!(restored(Dialect::Truto, sent), own);
}

#[test]
fn long_descriptions_end_with_a_sentence() {
    let text = "One sentence. ".repeat(100);
    let short = shorten(&text, 1024);
    assert!(short.ends_with("sentence.") && short.len() > 1000 && short.len() <= 1024);
    assert_eq!(shorten("short", 1024), "short");
    assert_eq!(shorten(&"ü".repeat(2000), 1024).chars().count(), 1024);
}

#[test]
fn dialect_names_round_trip() {
    for dialect in Dialect::ALL {
        assert_eq!(dialect.as_str().parse::<Dialect>().expect("a dialect"), dialect);
    }
    assert!("openapi".parse::<Dialect>().is_err());
}
