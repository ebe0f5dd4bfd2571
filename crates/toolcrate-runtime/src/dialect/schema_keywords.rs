//! Reads and writes the JSON Schema keywords that catalog schemas use.

use serde_json::{Map, Value};

/// All supported keywords.
pub(super) const KEYWORDS: &[&str] = &[
    "type",
    "description",
    "title",
    "enum",
    "default",
    "format",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "minItems",
    "maxItems",
];

/// Returns a node's types.
pub(super) fn types(node: &Value) -> Vec<&str> {
    match node.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Returns true if and only if a node's values can have several types, apart from null.
pub(super) fn has_several_types(node: &Value) -> bool {
    types(node).into_iter().filter(|kind| *kind != "null").count() > 1
}

/// Returns true if and only if a node is an object with undeclared properties.
pub(super) fn is_free_form(node: &Value) -> bool {
    let members = node.get("properties").and_then(Value::as_object);
    node.get("type").is_some_and(|kind| kind == "object") && members.is_none_or(Map::is_empty)
}

/// Returns an object's properties.
pub(super) fn properties(node: &Value) -> impl Iterator<Item = (&String, &Value)> {
    node.get("properties").and_then(Value::as_object).into_iter().flatten()
}

/// Returns the schema of an object's property.
pub(super) fn property<'n>(node: &'n Value, name: &str) -> Option<&'n Value> {
    node.get("properties")?.get(name)
}

/// Returns the names of the properties that an object requires.
pub(super) fn required(node: &Value) -> Vec<&str> {
    let names = node.get("required").and_then(Value::as_array);
    names.into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Appends a sentence to a node's description.
pub(super) fn add_note(node: &mut Map<String, Value>, sentence: &str) {
    let before = node.get("description").and_then(Value::as_str).unwrap_or_default().trim();
    let text = match before {
        "" => sentence.to_owned(),
        before if before.ends_with(['.', '!', '?', '…']) => format!("{before} {sentence}"),
        before => format!("{before}. {sentence}"),
    };
    node.insert("description".to_owned(), Value::from(text));
}
