//! Putting schemas together out of the catalog's lines. The schema of the arguments is spliced as text,
//! since a server lists thousands of them; the schema of an answer is built on demand.

use std::collections::{BTreeSet, VecDeque};

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::Catalog;
use super::details::{Content, Input, ResponsePlan, ShapeLine};
use crate::filter::FilterTable;

/// The schema of a tool's arguments.
pub(super) fn input(catalog: &Catalog, input: &Input<'_>) -> String {
    let own = members(input.properties.get());
    let shape = input.shape.as_deref().and_then(|name| catalog.shape(name)).map_or("", shape_members);
    let comma = if own.is_empty() || shape.is_empty() { "" } else { "," };
    let required = match input.required.get() {
        "[]" => String::new(),
        names => format!("\"required\":{names},"),
    };
    format!(
        "{{\"type\":\"object\",\"properties\":{{{own}{comma}{shape}}},{required}\"additionalProperties\":false}}"
    )
}

/// The shape that a tool's arguments have a part in.
///
/// # Panics
/// If the line isn't JSON, which no caller can cause.
pub(super) fn shape(catalog: &Catalog, input: &Input<'_>) -> Option<ShapeLine<'static>> {
    let name = input.shape.as_deref()?;
    match serde_json::from_str(catalog.shape(name)?) {
        Ok(line) => Some(line),
        Err(error) => panic!("the catalog's line of shape {name} is damaged: {error}"),
    }
}

/// What the resource called `name` can be filtered by.
///
/// # Panics
/// If the line isn't JSON, which no caller can cause.
pub(super) fn filter(catalog: &Catalog, name: &str) -> Option<FilterTable<'static>> {
    match serde_json::from_str(catalog.filter(name)?) {
        Ok(table) => Some(table),
        Err(error) => panic!("the catalog's line of filter {name} is damaged: {error}"),
    }
}

/// What stands between the braces of an object.
fn members(object: &str) -> &str {
    object.trim().strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).map_or("", str::trim)
}

/// The properties of a shape's line, which end it: `{"name":"…",…,"properties":{…}}`.
fn shape_members(line: &str) -> &str {
    let line = line.trim_end().strip_suffix('}').unwrap_or_default();
    line.split_once("\"properties\":").map_or("", |(_, properties)| members(properties))
}

/// Parses text that the generator wrote.
///
/// # Panics
/// If it isn't JSON, which no caller can cause.
pub(super) fn parse(name: &str, text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(value) => value,
        Err(error) => panic!("the catalog's schema of {name} is damaged: {error}"),
    }
}

/// A line of the schemas.
#[derive(Deserialize)]
struct SchemaLine<'a> {
    #[serde(borrow)]
    schema: &'a RawValue,
    #[serde(default)]
    uses: Vec<String>,
}

fn line(catalog: &Catalog, name: &str) -> Option<SchemaLine<'static>> {
    let line = catalog.schema(name)?;
    match serde_json::from_str(line) {
        Ok(line) => Some(line),
        Err(error) => panic!("the catalog's line of schema {name} is damaged: {error}"),
    }
}

/// The schema of what a tool answers.
pub(super) fn output(catalog: &Catalog, response: &ResponsePlan<'_>) -> Value {
    match response.content {
        Content::None => json!({"type": "null"}),
        Content::Binary => json!({
            "type": "object",
            "properties": {
                "media_type": {"type": "string"},
                "file_name": {"type": ["string", "null"]},
                "size": {"type": "integer", "description": "In bytes."},
                "content_base64": {"type": "string"},
            },
            "required": ["media_type", "file_name", "size", "content_base64"],
        }),
        Content::Json => {
            let (root, uses) = match response.schema.map(|schema| parse("an answer", schema.get())) {
                None | Some(Value::Null) => (json!({}), Vec::new()),
                Some(Value::String(name)) => match line(catalog, &name) {
                    Some(line) => (parse(&name, line.schema.get()), line.uses),
                    None => (json!({}), Vec::new()),
                },
                Some(schema) => {
                    let mut uses = Vec::new();
                    references(&schema, &mut uses);
                    (schema, uses)
                }
            };
            let mut root = match (response.list, root) {
                (true, items) => {
                    Map::from_iter([("type".to_owned(), Value::from("array")), ("items".to_owned(), items)])
                }
                (false, Value::Object(root)) => root,
                (false, other) => return other,
            };
            let definitions = closure(catalog, uses);
            if !definitions.is_empty() {
                root.insert("$defs".to_owned(), Value::Object(definitions));
            }
            Value::Object(root)
        }
    }
}

/// The schemas that are needed, directly or through others.
fn closure(catalog: &Catalog, uses: Vec<String>) -> Map<String, Value> {
    let mut seen: BTreeSet<String> = uses.iter().cloned().collect();
    let mut waiting = VecDeque::from(uses);
    let mut found = Map::new();
    while let Some(name) = waiting.pop_front() {
        let Some(line) = line(catalog, &name) else { continue };
        waiting.extend(line.uses.iter().filter(|name| seen.insert((*name).clone())).cloned());
        let schema = parse(&name, line.schema.get());
        found.insert(name, schema);
    }
    found.sort_keys();
    found
}

/// The names that an inline schema refers to.
fn references(schema: &Value, found: &mut Vec<String>) {
    match schema {
        Value::Object(members) => {
            if let Some(name) = members.get("$ref").and_then(Value::as_str) {
                let name = name.strip_prefix("#/$defs/").unwrap_or(name);
                found.push(name.replace("~1", "/").replace("~0", "~"));
            }
            members.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}
