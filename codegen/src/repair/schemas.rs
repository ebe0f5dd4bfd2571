//! Repairs named schemas (required names and enums), and reports schema names that aren't valid Rust identifiers.

use std::collections::BTreeSet;

use openapiv3::{AnySchema, Components, ObjectType, ReferenceOr, Schema, SchemaData, SchemaKind, Type};

use crate::diagnostic::{Repair, pointer};

/// Repairs all schemas in `components`.
pub fn repair(components: &mut Components, repairs: &mut Vec<Repair>) {
    for (name, schema) in &mut components.schemas {
        let location = pointer(&["components", "schemas", name]);
        if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            let message = format!("`{name}` is not an identifier; its words are joined in the type name");
            repairs.push(Repair::new("R007", &location, message));
        }
        if let ReferenceOr::Item(schema) = schema {
            repair_schema(schema, &location, repairs);
        }
    }
}

fn repair_schema(schema: &mut Schema, location: &str, repairs: &mut Vec<Repair>) {
    match &mut schema.schema_kind {
        SchemaKind::Type(Type::Object(object)) => {
            required_names(object, location, repairs);
            for (name, property) in &mut object.properties {
                if let ReferenceOr::Item(property) = property {
                    repair_schema(property, &format!("{location}/properties{}", pointer(&[name])), repairs);
                }
            }
        }
        SchemaKind::Type(Type::Array(array)) => match &mut array.items {
            Some(ReferenceOr::Item(items)) => repair_schema(items, &format!("{location}/items"), repairs),
            Some(ReferenceOr::Reference { .. }) => {}
            None => {
                repairs.push(Repair::new("R021", location, "the array has no `items`; any value is allowed"))
            }
        },
        SchemaKind::Type(Type::String(text)) if !text.enumeration.is_empty() => {
            let mut seen = BTreeSet::new();
            text.enumeration.retain(|value| seen.insert(value.clone()));
            odd_values(text.enumeration.iter().flatten().map(String::as_str), location, repairs);
        }
        _ => {}
    }
}

/// Makes `required` list only existing properties, with their exact spelling. One that does not exist is added, as a
/// server may insist on it.
fn required_names(object: &mut ObjectType, location: &str, repairs: &mut Vec<Repair>) {
    let names: BTreeSet<String> = object.properties.keys().cloned().collect();
    let mut required: Vec<String> = Vec::new();
    for name in std::mem::take(&mut object.required) {
        if names.contains(&name) {
            required.push(name);
        } else if let Some(property) = names.iter().find(|property| property.eq_ignore_ascii_case(&name)) {
            let message = format!(
                "`{name}` is required, but the property is spelled `{property}`; that spelling is used"
            );
            repairs.push(Repair::new("R009", format!("{location}/required"), message));
            required.push(property.clone());
        } else {
            let message = format!(
                "`{name}` is required, but the property does not exist; it was added and accepts any value"
            );
            repairs.push(Repair::new("R008", format!("{location}/required"), message));
            let any_value = Schema {
                schema_data: SchemaData::default(),
                schema_kind: SchemaKind::Any(AnySchema::default()),
            };
            object.properties.insert(name.clone(), ReferenceOr::Item(Box::new(any_value)));
            required.push(name);
        }
    }
    let mut seen = BTreeSet::new();
    required.retain(|name| seen.insert(name.clone()));
    object.required = required;
}

/// Reports values that can't be used as a Rust variant unchanged.
fn odd_values<'a>(values: impl Iterator<Item = &'a str>, location: &str, repairs: &mut Vec<Repair>) {
    let mut folded = BTreeSet::new();
    let odd: Vec<String> = values
        .filter(|value| {
            let plain = value.starts_with(|c: char| c.is_ascii_alphabetic())
                && value.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            let simple: String = value.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
            !(folded.insert(simple.to_lowercase()) && plain)
        })
        .map(|value| format!("`{value}`"))
        .collect();
    if !odd.is_empty() {
        let list = if odd.len() > 6 {
            format!("{} and {} more", odd[..6].join(", "), odd.len() - 6)
        } else {
            odd.join(", ")
        };
        let message = format!(
            "these values are not valid identifiers or would get the same Rust name: {list}; their variants get distinct names, and the values are sent unchanged"
        );
        repairs.push(Repair::new("R013", location, message));
    }
}
