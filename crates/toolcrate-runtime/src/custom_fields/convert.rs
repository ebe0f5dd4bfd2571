//! Converts custom fields between their two forms: an object keyed by caption, as models write and read it, and the
//! list keyed by ID that the API uses.

use std::collections::BTreeMap;

use serde_json::{Map, Number, Value, json};

use super::account_fields::FieldScope;
use super::definition::CustomField;
use crate::api::{CustomFieldKind, CustomFields};
use crate::date::utc_seconds;
use crate::error::FieldError;
use crate::nearest::nearest;
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

/// A problem: its code and its message.
type Problem = (&'static str, String);

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

/// Returns an item for the API's list.
fn item(
    caption: &str,
    value: &Value,
    fields: &CustomFields,
    scope: Option<FieldScope<'_>>,
) -> Result<Value, Problem> {
    let by_caption = |value: Value| Value::Object(pair(fields.caption, Value::from(caption), fields, value));
    let found = match scope {
        Some(scope) => find(caption, scope)?,
        None => None,
    };
    match found {
        Some(field) if field.read_only => Err(("read_only", format!("\"{caption}\" is read-only"))),
        Some(field) => {
            Ok(Value::Object(pair(fields.key, field.id.clone(), fields, converted(value, field)?)))
        }
        // Without a definition, only the ID from a response is known, or else the caption.
        None => match (marked(caption), plain(value)?) {
            (Some((_, id)), value) => Ok(Value::Object(pair(fields.key, id, fields, value))),
            (None, value) => Ok(by_caption(value)),
        },
    }
}

fn pair(name: &str, of: Value, fields: &CustomFields, value: Value) -> Map<String, Value> {
    Map::from_iter([(name.to_owned(), of), (fields.value.to_owned(), value)])
}

/// Returns the field with a caption, or `None` if there are several candidates.
fn find<'a>(caption: &str, scope: FieldScope<'a>) -> Result<Option<&'a CustomField>, Problem> {
    if !scope.fields.is_readable() {
        return Ok(None);
    }
    // Some accounts have captions with a trailing space; their definitions have been trimmed.
    let caption = caption.trim();
    if let Some((_, id)) = marked(caption)
        && let Some(field) = scope.all_fields().find(|field| field.id == id)
    {
        return Ok(Some(field));
    }
    let own: Vec<&CustomField> = scope.record_fields().collect();
    let all: Vec<&CustomField> = scope.all_fields().collect();
    let exact = |field: &&&CustomField| field.caption == caption;
    let loose = |field: &&&CustomField| field.caption.to_lowercase() == caption.to_lowercase();
    for fields in [&own, &all] {
        for fits in [&exact as &dyn Fn(&&&CustomField) -> bool, &loose] {
            let mut fitting = fields.iter().filter(fits);
            match (fitting.next(), fitting.next()) {
                (Some(field), None) => return Ok(Some(field)),
                (Some(_), Some(_)) => return Ok(None),
                (None, _) => {}
            }
        }
    }
    let near = nearest(caption, scope.suggested_fields().into_iter().map(|field| field.caption.as_str()));
    let hint = match near.is_empty() {
        true => String::new(),
        false => format!("; did you mean {}?", near.join(" or ")),
    };
    Err(("unknown", format!("unknown custom field \"{caption}\"{hint}")))
}

/// Converts a value to the type of a field.
fn converted(value: &Value, field: &CustomField) -> Result<Value, Problem> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    if !field.options.is_empty() {
        let text = to_text(&plain(value)?);
        return match field.options.iter().find(|option| **option == text) {
            Some(option) => Ok(Value::from(option.as_str())),
            None => Err(("enum", format!("expected one of {}", field.options.join(", ")))),
        };
    }
    match (field.kind, value) {
        (CustomFieldKind::Text, value) => Ok(Value::from(to_text(&plain(value)?))),
        (CustomFieldKind::Number, Value::Number(_)) | (CustomFieldKind::Boolean, Value::Bool(_)) => {
            Ok(value.clone())
        }
        (CustomFieldKind::Number, Value::String(text)) => {
            let number: Result<Number, _> = text.trim().parse();
            number.map(Value::Number).map_err(|_| ("type", "expected a number".to_owned()))
        }
        (CustomFieldKind::Number, _) => Err(("type", "expected a number".to_owned())),
        (CustomFieldKind::Boolean, Value::String(text)) if matches!(text.as_str(), "true" | "false") => {
            Ok(Value::from(text == "true"))
        }
        (CustomFieldKind::Boolean, _) => Err(("type", "expected true or false".to_owned())),
        (CustomFieldKind::Date, value) => {
            let date = value.as_str().and_then(utc_seconds);
            date.map(Value::from).ok_or_else(|| ("format", "expected a date such as 2025-01-31".to_owned()))
        }
    }
}

/// Returns a value unless it is a list or an object.
fn plain(value: &Value) -> Result<Value, Problem> {
    match value {
        Value::Array(_) | Value::Object(_) => {
            Err(("type", "expected a string, a number, true, false or null".to_owned()))
        }
        value => Ok(value.clone()),
    }
}

/// Returns the caption and ID in `Region [id 12]`, which distinguishes equal captions.
fn marked(caption: &str) -> Option<(&str, Value)> {
    let (caption, id) = caption.strip_suffix(']')?.rsplit_once(" [id ")?;
    let id = id.parse::<u64>().map_or_else(|_| json!(id), |id| json!(id));
    Some((caption, id))
}

/// Converts every list of custom fields within `value` to an object keyed by caption, and collects the ID for each
/// caption.
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
