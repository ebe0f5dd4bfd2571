//! The subset of JSON Schema that OpenAI enforces with `strict`: every property is required, and nullable where
//! it was optional; every object is closed; keywords that it doesn't know become words.

use serde_json::{Map, Value, json};

use super::form::{self, Form};
use super::{Special, note, properties, required, types};

/// Formats of text that are enforced.
pub(super) const FORMATS: [&str; 9] =
    ["date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"];
/// Keywords that are taken over as they are.
const KEPT: [&str; 9] = [
    "description",
    "pattern",
    "multipleOf",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minItems",
    "maxItems",
];

/// The schema of arguments in the strict subset.
pub(super) fn schema(root: &Value, special: &Special) -> Value {
    Value::Object(object(root, special, true))
}

fn object(node: &Value, special: &Special, top: bool) -> Map<String, Value> {
    let needed = required(node);
    let members: Map<String, Value> = properties(node)
        .map(|(name, member)| {
            let mut schema = member_schema(name, member, special, top);
            if !needed.contains(&name.as_str()) {
                allow_null(&mut schema);
            }
            (name.clone(), Value::Object(schema))
        })
        .collect();
    let names: Vec<&String> = members.keys().collect();
    let mut schema = Map::from_iter([("type".to_owned(), json!("object"))]);
    if let Some(about) = node.get("description") {
        schema.insert("description".to_owned(), about.clone());
    }
    schema.insert("required".to_owned(), json!(names));
    schema.insert("properties".to_owned(), Value::Object(members));
    schema.insert("additionalProperties".to_owned(), json!(false));
    schema
}

fn member_schema(name: &str, node: &Value, special: &Special, top: bool) -> Map<String, Value> {
    match form::form(name, node, special, top) {
        Some(form @ (Form::Filter | Form::Custom)) => {
            let mut value = json!(["string", "number", "boolean"]);
            if form == Form::Filter {
                // A test for null; a field by caption is given a value or left out.
                value = json!(["string", "number", "boolean", "null"]);
            }
            schema_of(&Value::Object(form::schema(form, node, &value)), special)
        }
        Some(form) => form::schema(form, node, &Value::Null),
        None => schema_of(node, special),
    }
}

fn schema_of(node: &Value, special: &Special) -> Map<String, Value> {
    let kinds = types(node);
    if kinds.contains(&"object") {
        let mut schema = object(node, special, false);
        if kinds.contains(&"null") {
            allow_null(&mut schema);
        }
        return schema;
    }
    let mut schema = Map::new();
    if let Some(kind) = node.get("type") {
        schema.insert("type".to_owned(), kind.clone());
    }
    if let Some(values) = node.get("enum") {
        schema.insert("enum".to_owned(), values.clone());
    }
    for keyword in KEPT {
        if let Some(value) = node.get(keyword) {
            schema.insert(keyword.to_owned(), value.clone());
        }
    }
    if let Some(format) = node.get("format").and_then(Value::as_str) {
        match FORMATS.contains(&format) {
            true => {
                schema.insert("format".to_owned(), Value::from(format));
            }
            false => note(&mut schema, &format!("Format: {format}.")),
        }
    }
    if let Some(items) = node.get("items") {
        schema.insert("items".to_owned(), Value::Object(member_schema("", items, special, false)));
    }
    for (keyword, words) in [("minLength", "At least"), ("maxLength", "At most")] {
        if let Some(length) = node.get(keyword) {
            note(&mut schema, &format!("{words} {length} characters."));
        }
    }
    schema
}

/// Null stands for an argument that is not given.
fn allow_null(schema: &mut Map<String, Value>) {
    let mut kinds: Vec<Value> = match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.clone(),
        Some(kind) => vec![kind.clone()],
        None => return,
    };
    if !kinds.contains(&json!("null")) {
        kinds.push(json!("null"));
    }
    schema.insert("type".to_owned(), Value::Array(kinds));
    if let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut)
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
}
