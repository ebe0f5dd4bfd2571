//! Builds schemas from the catalog's records. Argument schemas are assembled as text, because a server lists thousands
//! of them; output schemas are built on demand.

use std::borrow::Cow;
use std::collections::{BTreeSet, VecDeque};

use serde_json::{Map, Value, json};
use toolcrate_catalog::{AnyOfRule, ResponseContent, ResponseRecord, SchemaRef, ToolInput};

use super::catalog::{Catalog, Tool};
use super::name_style::NameStyle;
use crate::patch::unescape;

impl Tool {
    /// Returns the JSON Schema of the arguments, as text: one flat object without references. Its descriptions use full
    /// tool names; see [`input_schema_in`](Self::input_schema_in).
    pub fn input_schema(self) -> String {
        self.input_schema_in(NameStyle::Prefixed)
    }

    /// Returns the JSON Schema of the arguments, with full tool names in its descriptions.
    pub fn input_schema_value(self) -> Value {
        self.input_schema_value_in(NameStyle::Prefixed)
    }

    /// Returns the JSON Schema of the arguments, with tool names in this style in its descriptions.
    pub fn input_schema_value_in(self, names: NameStyle) -> Value {
        parse(self.name(), &self.input_schema_in(names))
    }

    /// Returns the JSON Schema of the response, with the schemas that it needs under `$defs`.
    pub fn output_schema(self) -> Value {
        output(self.catalog(), &self.details().response)
    }
}

/// Returns the schema of a tool's arguments.
pub(super) fn input(catalog: &Catalog, input: &ToolInput<'_>) -> String {
    let own = input.properties.inner_text();
    let shape = input.shape.as_deref().and_then(|name| catalog.shapes().get(name));
    let shared = shape.map_or("", |shape| shape.properties.inner_text());
    let comma = if own.is_empty() || shared.is_empty() { "" } else { "," };
    let required = match input.required.as_slice() {
        [] => String::new(),
        names => format!("\"required\":{},", json!(names)),
    };
    let choices = choices(&input.any_of);
    format!(
        "{{\"type\":\"object\",\"properties\":{{{own}{comma}{shared}}},{required}{choices}\"additionalProperties\":false}}"
    )
}

/// The keywords that [`choices`] writes at the root of a schema.
pub(crate) const CHOICE_KEYWORDS: [&str; 2] = ["anyOf", "allOf"];

/// Returns the keywords that require one of several arguments, with a comma. Providers reject them at the root of a
/// schema, so declarations omit them.
fn choices(rules: &[AnyOfRule<'_>]) -> String {
    let choice = |rule: &AnyOfRule<'_>| -> Value {
        let branch = |name: &Cow<'_, str>| match rule.is_true {
            true => json!({"properties": {name.as_ref(): {"const": true}}, "required": [name]}),
            false => json!({"required": [name]}),
        };
        rule.arguments.iter().map(branch).collect()
    };
    match rules {
        [] => String::new(),
        [rule] => format!("\"anyOf\":{},", choice(rule)),
        rules => {
            let all: Value = rules.iter().map(|rule| json!({"anyOf": choice(rule)})).collect();
            format!("\"allOf\":{all},")
        }
    }
}

/// Parses text written by the generator.
///
/// # Panics
/// Panics if it isn't JSON, which no caller can cause.
pub(super) fn parse(name: &str, text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(value) => value,
        Err(error) => panic!("the catalog's schema of {name} is damaged: {error}"),
    }
}

/// Returns the schema of a tool's response.
pub(super) fn output(catalog: &Catalog, response: &ResponseRecord<'_>) -> Value {
    match response.content {
        ResponseContent::None => json!({"type": "null"}),
        ResponseContent::Binary => json!({
            "type": "object",
            "properties": {
                "media_type": {"type": "string"},
                "file_name": {"type": ["string", "null"]},
                "size": {"type": "integer", "description": "In bytes."},
                "content_base64": {"type": "string"},
            },
            "required": ["media_type", "file_name", "size", "content_base64"],
        }),
        ResponseContent::Json => {
            let (root, uses) = match &response.schema {
                None => (json!({}), Vec::new()),
                Some(SchemaRef::Named(name)) => match catalog.schemas().get(name) {
                    Some(record) => (record.schema.to_value(), names(&record.uses)),
                    None => (json!({}), Vec::new()),
                },
                Some(SchemaRef::Inline(schema)) => {
                    let schema = schema.to_value();
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

/// Returns the required schemas, direct and indirect.
fn closure(catalog: &Catalog, uses: Vec<String>) -> Map<String, Value> {
    let mut seen: BTreeSet<String> = uses.iter().cloned().collect();
    let mut waiting = VecDeque::from(uses);
    let mut found = Map::new();
    while let Some(name) = waiting.pop_front() {
        let Some(record) = catalog.schemas().get(&name) else { continue };
        waiting.extend(names(&record.uses).into_iter().filter(|name| seen.insert(name.clone())));
        found.insert(name, record.schema.to_value());
    }
    found.sort_keys();
    found
}

fn names(uses: &[Cow<'_, str>]) -> Vec<String> {
    uses.iter().map(|name| name.to_string()).collect()
}

/// Collects the names to which an inline schema refers.
fn references(schema: &Value, found: &mut Vec<String>) {
    match schema {
        Value::Object(members) => {
            if let Some(name) = members.get("$ref").and_then(Value::as_str) {
                let name = name.strip_prefix("#/$defs/").unwrap_or(name);
                found.push(unescape(name));
            }
            members.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}
