//! Converts custom fields between two forms: an object keyed by caption, which models read and write, and a list with
//! IDs, which the API uses.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::account_fields::FieldScope;
use super::item::{find, item};
use crate::api::CustomFields;
use crate::error::FieldError;
use crate::patch::escape;
use crate::text::to_text;

/// Converts every object keyed by caption within `value`, which `schema` describes, to the API's list. In a list,
/// captions are replaced with IDs. A caption with a null value is treated as absent, because clients send null for
/// every field they know of; [`emptied_item`] creates the item that clears a field.
pub(crate) fn to_api(
    schema: &Value,
    value: &mut Value,
    fields: &CustomFields,
    scope: Option<FieldScope<'_>>,
    pointer: &str,
    problems: &mut Vec<FieldError>,
) {
    match value {
        Value::Object(members) => members.retain(|name, member| {
            let Some(node) = schema.get("properties").and_then(|properties| properties.get(name)) else {
                return true;
            };
            let pointer = format!("{pointer}/{}", escape(name));
            match member {
                Value::Object(by_caption) if name == fields.member => {
                    let items = items(by_caption, fields, scope, &pointer, problems);
                    // An empty list might clear all of the record's fields.
                    let is_given = !items.is_empty() || by_caption.is_empty();
                    *member = Value::Array(items);
                    is_given
                }
                Value::Array(items) if name == fields.member => {
                    name_fields(items, fields, scope, &pointer, problems);
                    true
                }
                member => {
                    to_api(node, member, fields, scope, &pointer, problems);
                    true
                }
            }
        }),
        Value::Array(items) => {
            let node = schema.get("items").unwrap_or(&Value::Null);
            for (index, item) in items.iter_mut().enumerate() {
                to_api(node, item, fields, scope, &format!("{pointer}/{index}"), problems);
            }
        }
        _ => {}
    }
}

/// Returns the API's list of the fields with a value.
fn items(
    by_caption: &Map<String, Value>,
    fields: &CustomFields,
    scope: Option<FieldScope<'_>>,
    pointer: &str,
    problems: &mut Vec<FieldError>,
) -> Vec<Value> {
    let mut items = Vec::new();
    for (caption, value) in by_caption {
        let found = match value {
            Value::Null => scope.map_or(Ok(None), |scope| find(caption, scope)).map(|_| None),
            value => item(caption, value, fields, scope).map(Some),
        };
        match found {
            Ok(item) => items.extend(item),
            Err((code, message)) => {
                problems.push(FieldError::new(format!("{pointer}/{}", escape(caption)), code, message));
            }
        }
    }
    items
}

/// Replaces the captions in the API's list with IDs. Items that already have an ID are left unchanged.
fn name_fields(
    items: &mut [Value],
    fields: &CustomFields,
    scope: Option<FieldScope<'_>>,
    pointer: &str,
    problems: &mut Vec<FieldError>,
) {
    if !scope.is_some_and(|scope| scope.fields.is_readable()) {
        return;
    }
    for (index, entry) in items.iter_mut().enumerate() {
        let has_id = entry.get(fields.key).is_some_and(|id| !id.is_null());
        let Some(caption) = entry.get(fields.caption).and_then(Value::as_str).filter(|_| !has_id) else {
            continue;
        };
        let value = entry.get(fields.value).unwrap_or(&Value::Null);
        match item(caption, value, fields, scope) {
            Ok(named) => *entry = named,
            Err((code, message)) => {
                let wrong =
                    if code == "unknown" || code == "read_only" { fields.caption } else { fields.value };
                problems.push(FieldError::new(format!("{pointer}/{index}/{wrong}"), code, message));
            }
        }
    }
}

/// Returns the item that clears a field.
pub(crate) fn emptied_item(
    caption: &str,
    fields: &CustomFields,
    scope: Option<FieldScope<'_>>,
) -> Result<Value, (&'static str, String)> {
    item(caption, &Value::Null, fields, scope)
}

/// Returns true if and only if two items in the API's list belong to the same field.
pub(crate) fn is_same_field(one: &Value, other: &Value, fields: &CustomFields) -> bool {
    let same = |name: &str| one.get(name).is_some_and(|value| other.get(name) == Some(value));
    same(fields.key) || same(fields.caption)
}

/// Converts every list of custom fields within `value` to an object keyed by caption, and collects the id of each caption.
pub(crate) fn from_api(value: &mut Value, fields: &CustomFields, ids: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let by_caption = match member {
                    Value::Array(items) if name == fields.member => captions(items, fields, ids),
                    _ => None,
                };
                match by_caption {
                    Some(by_caption) => *member = Value::Object(by_caption),
                    None => from_api(member, fields, ids),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| from_api(item, fields, ids)),
        _ => {}
    }
}

/// Returns the values by caption, or `None` if an item has no caption.
fn captions(
    items: &[Value],
    fields: &CustomFields,
    ids: &mut BTreeMap<String, Value>,
) -> Option<Map<String, Value>> {
    let mut by_caption = Map::new();
    for item in items {
        let id = item.get(fields.key).cloned().unwrap_or_default();
        let mut caption = item.get(fields.caption)?.as_str()?.to_owned();
        if by_caption.contains_key(&caption) {
            caption = format!("{caption} [id {}]", to_text(&id));
        }
        by_caption.insert(caption.clone(), item.get(fields.value).cloned().unwrap_or_default());
        ids.entry(caption).or_insert(id);
    }
    Some(by_caption)
}
