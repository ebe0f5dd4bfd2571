//! The subset of OpenAPI schemas that Gemini takes: one type a node, `nullable` for null, enums of text alone,
//! no word about further properties, no object without properties.

use serde_json::{Map, Value, json};

use super::form::{self, Form};
use super::{Special, note, properties, required, types};

/// Keywords that are taken over as they are.
const KEPT: [&str; 8] =
    ["description", "minimum", "maximum", "minItems", "maxItems", "minLength", "maxLength", "pattern"];

/// The schema of arguments.
pub(super) fn schema(root: &Value, special: &Special) -> Value {
    Value::Object(object(root, special, true))
}

fn object(node: &Value, special: &Special, top: bool) -> Map<String, Value> {
    let members: Map<String, Value> = properties(node)
        .map(|(name, member)| (name.clone(), Value::Object(member_schema(name, member, special, top))))
        .collect();
    let needed = required(node);
    let mut schema = Map::from_iter([("type".to_owned(), json!("object"))]);
    if let Some(about) = node.get("description") {
        schema.insert("description".to_owned(), about.clone());
    }
    schema.insert("properties".to_owned(), Value::Object(members));
    if !needed.is_empty() {
        schema.insert("required".to_owned(), json!(needed));
    }
    schema
}

fn member_schema(name: &str, node: &Value, special: &Special, top: bool) -> Map<String, Value> {
    match form::form(name, node, special, top) {
        Some(form @ (Form::Filter | Form::Custom)) => {
            let value = if form == Form::Filter { json!(["string", "null"]) } else { json!("string") };
            schema_of(&Value::Object(form::schema(form, node, &value)), special)
        }
        Some(Form::Text) => form::schema(Form::Text, node, &Value::Null),
        Some(Form::Union) | None => schema_of(node, special),
    }
}

fn schema_of(node: &Value, special: &Special) -> Map<String, Value> {
    let kinds = types(node);
    let several: Vec<&str> = kinds.iter().copied().filter(|kind| *kind != "null").collect();
    let kind = if several.len() > 1 { "string" } else { several.first().copied().unwrap_or("string") };
    let mut schema = match kind {
        "object" => object(node, special, false),
        kind => Map::from_iter([("type".to_owned(), json!(kind))]),
    };
    for keyword in KEPT {
        if let Some(value) = node.get(keyword) {
            schema.insert(keyword.to_owned(), value.clone());
        }
    }
    if several.len() > 1 {
        note(&mut schema, "Text; anything else, and text that looks like JSON, as JSON text.");
    } else {
        values(node, kind, &mut schema);
    }
    if kind == "array" {
        let items = node.get("items").cloned().unwrap_or_else(|| json!({"type": "string"}));
        schema.insert("items".to_owned(), Value::Object(member_schema("", &items, special, false)));
    }
    if kinds.contains(&"null") {
        schema.insert("nullable".to_owned(), json!(true));
    }
    schema
}

/// The enum and the format of a value.
fn values(node: &Value, kind: &str, schema: &mut Map<String, Value>) {
    if let Some(values) = node.get("enum").and_then(Value::as_array) {
        // An empty text is refused, and what is no text can't be listed.
        let texts: Vec<&str> =
            values.iter().filter_map(Value::as_str).filter(|text| !text.is_empty()).collect();
        if kind == "string" && !texts.is_empty() {
            schema.insert("format".to_owned(), json!("enum"));
            schema.insert("enum".to_owned(), json!(texts));
        } else {
            note(schema, &format!("One of {}.", Value::Array(values.clone())));
        }
        return;
    }
    let Some(format) = node.get("format").and_then(Value::as_str) else { return };
    match accepts(kind, format) {
        true => {
            schema.insert("format".to_owned(), json!(format));
        }
        false if kind == "object" => {}
        false => note(schema, &format!("Format: {format}.")),
    }
}

/// Whether a format is taken for a type.
pub(super) fn accepts(kind: &str, format: &str) -> bool {
    match kind {
        "string" => matches!(format, "enum" | "date-time"),
        "number" => matches!(format, "float" | "double"),
        "integer" => matches!(format, "int32" | "int64"),
        _ => false,
    }
}
