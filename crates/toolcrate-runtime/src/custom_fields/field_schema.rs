//! Adds custom fields to JSON Schemas: each caption becomes a property with the field's type.

use serde_json::{Value, json};

use super::account_fields::FieldScope;
use super::definition::CustomField;
use crate::api::CustomFieldKind;

/// Returns an argument schema in which the custom fields have the captions and types for `scope`.
pub(crate) fn with_custom_fields(schema: &Value, member: &str, scope: FieldScope<'_>) -> Value {
    let mut schema = schema.clone();
    let fields = scope.suggested_fields();
    let writable: Vec<&CustomField> = fields.into_iter().filter(|field| !field.read_only).collect();
    fill(&mut schema, member, &writable, false);
    schema
}

/// Fills in every property with this name within a schema. Returns true if and only if one of the fields is
/// required.
pub(super) fn fill(schema: &mut Value, member: &str, fields: &[&CustomField], whole: bool) -> bool {
    let mut needed = false;
    let Some(members) = schema.as_object_mut() else { return needed };
    if let Some(properties) = members.get_mut("properties").and_then(Value::as_object_mut) {
        for (name, node) in properties {
            if name == member && is_object(&node["type"]) {
                let required: Vec<&str> = fields
                    .iter()
                    .filter(|field| whole && field.required)
                    .map(|field| &*field.caption)
                    .collect();
                needed |= !required.is_empty();
                if !required.is_empty() {
                    node["required"] = json!(required);
                }
                let nodes = fields.iter().map(|field| (field.caption.clone(), node_of(field)));
                node["properties"] = Value::Object(nodes.collect());
            } else {
                needed |= fill(node, member, fields, whole);
            }
        }
    }
    if let Some(items) = members.get_mut("items") {
        needed |= fill(items, member, fields, whole);
    }
    needed
}

/// Returns true if a schema's type is, or includes, `object`.
fn is_object(kind: &Value) -> bool {
    kind == "object" || kind.as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == "object"))
}

fn node_of(field: &CustomField) -> Value {
    match field.kind {
        _ if !field.options.is_empty() => json!({"type": "string", "enum": field.options}),
        CustomFieldKind::Text => json!({"type": "string"}),
        CustomFieldKind::Number => json!({"type": "number"}),
        CustomFieldKind::Boolean => json!({"type": "boolean"}),
        CustomFieldKind::Date => json!({"type": "string", "description": "A date, e.g. 2025-01-31."}),
    }
}
