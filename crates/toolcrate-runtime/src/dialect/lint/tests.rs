//! Tests the linter with declarations that each violate one rule, and with a valid declaration for each dialect.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::*;

/// Returns a valid declaration in a dialect.
fn valid(dialect: Dialect) -> Value {
    let schema = json!({
        "type": "object",
        "properties": {"id": {"type": "integer"}, "kind": {"type": "string", "enum": ["a", "b"]}},
        "required": ["id"],
        "additionalProperties": false,
    });
    let about = "Gets an order.";
    match dialect {
        Dialect::Mcp => json!({
            "name": "get_order", "title": "Get an order", "description": about, "inputSchema": schema,
            "annotations": {"readOnlyHint": true},
        }),
        Dialect::OpenAi => json!({"type": "function", "function": {
            "name": "get_order", "description": about, "strict": false, "parameters": schema,
        }}),
        Dialect::OpenAiStrict => json!({"type": "function", "function": {
            "name": "get_order", "description": about, "strict": true, "parameters": {
                "type": "object",
                "properties": {
                    "id": {"type": "integer"}, "kind": {"type": ["string", "null"], "enum": ["a", "b", null]},
                },
                "required": ["id", "kind"],
                "additionalProperties": false,
            },
        }}),
        Dialect::Anthropic => json!({"name": "get_order", "description": about, "input_schema": schema}),
        Dialect::Gemini => json!({"name": "get_order", "description": about, "parameters": {
            "type": "object",
            "properties": {
                "id": {"type": "integer", "format": "int64"},
                "kind": {"type": "string", "format": "enum", "enum": ["a", "b"], "nullable": true},
            },
            "required": ["id"],
        }}),
        Dialect::Truto => json!({
            "name": "get_order", "description": about, "resource": "sales_orders", "method": "get",
            "query_schema": schema, "body_schema": null, "required": ["id"],
        }),
    }
}

/// Returns the pointer to the first argument schema.
fn schema_at(dialect: Dialect) -> String {
    let rules = dialect.implementation().rules();
    format!("{}/{}", envelope(dialect), rules.schemas[0])
}

/// Returns the pointer to the object with the name and the description.
fn envelope(dialect: Dialect) -> String {
    dialect.implementation().rules().envelope.map(|name| format!("/{name}")).unwrap_or_default()
}

/// Returns the rules that a valid declaration violates once `path` (within its schema if it starts with `~`)
/// is set to `value`; `null` removes it.
fn broken(dialect: Dialect, path: &str, value: Value) -> Vec<&'static str> {
    let mut declaration = valid(dialect);
    let path = path.strip_prefix('~').map_or(path.to_owned(), |rest| format!("{}{rest}", schema_at(dialect)));
    let (parent, name) = path.rsplit_once('/').expect("a pointer");
    let parent = declaration.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object");
    let name = name.replace("~1", "/");
    if value.is_null() {
        parent.shift_remove(&name)
    } else {
        parent.insert(name, value)
    };
    let rules: BTreeSet<&str> = check(dialect, &declaration).iter().map(|finding| finding.rule).collect();
    rules.into_iter().collect()
}

#[test]
fn valid_declarations_pass_every_rule() {
    for dialect in Dialect::ALL {
        assert_eq!(check(dialect, &valid(dialect)), [], "{dialect}");
    }
}

#[test]
fn common_rules_are_checked() {
    for dialect in Dialect::ALL {
        let at = envelope(dialect);
        let own = |name: &str| format!("{at}/{name}");
        let cases = [
            (own("name"), json!("get order"), "name"),
            (own("name"), json!("x".repeat(65)), "name"),
            (own("description"), json!(" "), "description"),
            (own("cache"), json!(1), "declaration"),
            ("~/type".to_owned(), json!("array"), "root"),
            ("~/properties".to_owned(), json!([]), "root"),
            ("~/properties/kind/type".to_owned(), Value::Null, "type"),
            ("~/properties/kind/type".to_owned(), json!("text"), "type"),
            ("~/properties/id".to_owned(), json!({"type": "array"}), "items"),
            ("~/properties/kind/$ref".to_owned(), json!("#/$defs/Kind"), "reference"),
            ("~/$defs".to_owned(), json!({"Kind": {"type": "string"}}), "reference"),
            ("~/properties/kind/oneOf".to_owned(), json!([{"type": "string"}]), "keyword"),
            ("~/anyOf".to_owned(), json!([{"type": "object"}]), "keyword"),
            ("~/properties/kind/enum".to_owned(), json!([]), "enum"),
            ("~/properties/kind/enum".to_owned(), json!(["a", "a"]), "enum"),
            ("~/properties/kind/enum".to_owned(), json!([1]), "enum"),
            ("~/required".to_owned(), json!(["id", "kind", "gone"]), "required"),
        ];
        for (path, value, rule) in cases {
            let rules = broken(dialect, &path, value.clone());
            assert!(rules.contains(&rule), "{dialect} {path} = {value}: {rules:?}");
        }
        let schema = schema_at(dialect);
        if dialect != Dialect::Gemini {
            assert!(broken(dialect, "~/properties/kind/maxLength", json!(-1)).contains(&"json-schema"));
        }
        // Gemini and Truto support tools without parameters.
        let missing = if matches!(dialect, Dialect::Gemini) { vec![] } else { vec!["declaration"] };
        if dialect != Dialect::Truto {
            assert_eq!(broken(dialect, &schema, Value::Null), missing, "{dialect}");
        }
        assert_eq!(check(dialect, &json!("tool"))[0].rule, "declaration");
    }
}

#[test]
fn openai_rules_are_checked() {
    for dialect in [Dialect::OpenAi, Dialect::OpenAiStrict] {
        assert_eq!(broken(dialect, "/function/description", json!("x".repeat(1025))), ["description"]);
        assert_eq!(broken(dialect, "/type", json!("tool")), ["declaration"]);
        assert_eq!(broken(dialect, "/function", json!(1)), ["declaration"]);
        let strict = dialect == Dialect::OpenAiStrict;
        assert_eq!(broken(dialect, "/function/strict", json!(!strict)), ["strict"]);
    }
    let strict = |path: &str, value: Value| broken(Dialect::OpenAiStrict, path, value);
    assert_eq!(strict("~/required", json!(["id"])), ["all-required"]);
    assert_eq!(strict("~/additionalProperties", json!(true)), ["closed"]);
    assert_eq!(strict("~/additionalProperties", Value::Null), ["closed"]);
    assert_eq!(strict("~/properties/kind/maxLength", json!(5)), ["keyword"]);
    assert_eq!(strict("~/properties/kind/default", json!("a")), ["keyword"]);
    assert_eq!(strict("~/properties/id/format", json!("int64")), ["format"]);
    let free = json!({"type": "object", "properties": {}, "required": [], "additionalProperties": false});
    assert_eq!(strict("~/properties/id", free), ["free-form"]);
    let mixed = json!({"type": ["string", "array"], "items": {"type": "string"}});
    assert_eq!(strict("~/properties/id", mixed), ["union"]);
    let values: Vec<String> = (0..1001).map(|number| number.to_string()).collect();
    assert_eq!(strict("~/properties/kind/enum", json!(values)), ["limit"]);
}

#[test]
fn anthropic_and_gemini_rules_are_checked() {
    let renamed = json!({"id": {"type": "integer"}, "a b": {"type": "string"}});
    assert_eq!(broken(Dialect::Anthropic, "~/properties", renamed), ["property-name"]);
    let gemini = |path: &str, value: Value| broken(Dialect::Gemini, path, value);
    assert_eq!(gemini("/name", json!("1_order")), ["name"]);
    assert_eq!(gemini("~/additionalProperties", json!(false)), ["keyword"]);
    assert_eq!(gemini("~/properties/kind/type", json!(["string", "null"])), ["union"]);
    assert_eq!(gemini("~/properties/kind/enum", json!(["a", ""])), ["enum-text"]);
    assert_eq!(gemini("~/properties/id/enum", json!([1, 2])), ["enum-text"]);
    assert_eq!(gemini("~/properties/kind/format", json!("date")), ["format"]);
    assert_eq!(gemini("~/properties/id", json!({"type": "object", "properties": {}})), ["free-form"]);
}

#[test]
fn truto_rules_are_checked() {
    let truto = |path: &str, value: Value| broken(Dialect::Truto, path, value);
    assert_eq!(truto("/resource", json!("sales/orders")), ["route"]);
    assert_eq!(truto("/resource", json!("")), ["route"]);
    assert_eq!(truto("/method", json!("get it")), ["route"]);
    assert_eq!(truto("/required", Value::Null), ["required"]);
    assert_eq!(truto("/required", json!(["id", "gone"])), ["required"]);
    assert_eq!(truto("/required", json!([])), ["id", "required"]);
    assert_eq!(truto("/query_schema", Value::Null), ["id", "required"]);
    assert_eq!(truto("/method", json!("list")), ["cursor"]);
    for name in ["resource", "integrated_account_id"] {
        let path = format!("~/properties/{name}");
        assert_eq!(truto(&path, json!({"type": "string"})), ["reserved"]);
    }
    let body = json!({"type": "object", "properties": {"kind": {"type": "string"}}});
    assert_eq!(truto("/body_schema", body.clone()), ["body", "clash"]);
    let mut declaration = valid(Dialect::Truto);
    declaration["method"] = json!("update");
    declaration["body_schema"] = json!({"type": "object", "properties": Map::from_iter([("note".to_owned(), json!({"type": "string"}))])});
    assert_eq!(check(Dialect::Truto, &declaration), []);
    // A patch declared as a list would be sent as an empty object.
    declaration["body_schema"] = json!({"type": "array", "items": {"type": "object", "properties": {}}});
    assert_eq!(check(Dialect::Truto, &declaration)[0].rule, "root");
}
