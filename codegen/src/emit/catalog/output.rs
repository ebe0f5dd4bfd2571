//! Emits output schemas: one JSON Schema per model, with references to the other models that it uses.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use toolcrate_catalog::{RawJson, SchemaRecord};

use crate::emit::context::Context;
use crate::ir::{Shape, Type};

/// Returns the schema records, sorted by name.
pub fn records<'a>(context: &'a Context<'_>) -> Vec<SchemaRecord<'a>> {
    let record = |(name, schema): (&'a crate::id::SchemaId, &'a crate::ir::Schema)| {
        let mut uses = BTreeSet::new();
        let mut node = match &schema.shape {
            Shape::Alias(ty) => node(ty, &mut uses),
            Shape::Object(fields) => {
                let properties: Map<String, Value> = fields
                    .iter()
                    .filter(|field| !field.write_only)
                    .map(|field| {
                        let node = match context.is_custom_fields(field) {
                            true => custom_fields(),
                            false => node(&field.ty, &mut uses),
                        };
                        (field.name.clone(), node)
                    })
                    .collect();
                let mut object = json!({"type": "object", "properties": properties});
                if let Some(additional) = schema.additional.as_ref().filter(|ty| **ty != Type::Any) {
                    object["additionalProperties"] = node(additional, &mut uses);
                }
                object
            }
            Shape::Union(union) => {
                let variants = union.variants.iter().map(|variant| match &variant.ty {
                    Type::Named(name) => {
                        uses.insert(name);
                        json!({"$ref": format!("#/$defs/{name}")})
                    }
                    ty => node(ty, &mut uses),
                });
                // A newer release may add variants.
                let other = if union.is_object() { json!({"type": "object"}) } else { json!({}) };
                let variants: Vec<Value> = variants.chain([other]).collect();
                json!({"anyOf": variants})
            }
        };
        if !schema.description.is_empty() {
            node["description"] = json!(schema.description);
        }
        SchemaRecord {
            name: Cow::Borrowed(name.as_str()),
            schema: RawJson::from(&node),
            uses: uses.into_iter().map(Cow::Borrowed).collect(),
        }
    };
    context.api.schemas.iter().map(record).collect()
}

fn custom_fields() -> Value {
    json!({"type": ["object", "null"], "description": "Custom fields by caption."})
}

/// Every field is optional and may be null, because the API omits fields.
fn node<'a>(ty: &'a Type, uses: &mut BTreeSet<&'a str>) -> Value {
    match ty {
        Type::Boolean => json!({"type": ["boolean", "null"]}),
        Type::Integer | Type::Long | Type::Unsigned => json!({"type": ["integer", "null"]}),
        Type::Number => json!({"type": ["number", "null"]}),
        // A newer release may add values, which isn't an error in a response, so enums are plain strings
        // here.
        Type::Text(_) | Type::DateTime | Type::Binary | Type::Choice(_) => {
            json!({"type": ["string", "null"]})
        }
        Type::List(item) => json!({"type": ["array", "null"], "items": node(item, uses)}),
        Type::Map(value) => json!({"type": ["object", "null"], "additionalProperties": node(value, uses)}),
        Type::Named(name) => {
            uses.insert(name);
            json!({"anyOf": [{"$ref": format!("#/$defs/{name}")}, {"type": "null"}]})
        }
        Type::Any => json!({}),
    }
}
