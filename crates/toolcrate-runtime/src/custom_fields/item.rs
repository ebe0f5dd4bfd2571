//! Builds the items in the API's list of custom fields from captions and values.

use serde_json::{Map, Number, Value, json};

use super::account_fields::FieldScope;
use super::definition::CustomField;
use crate::api::{CustomFieldKind, CustomFields};
use crate::date::utc_seconds;
use crate::nearest::nearest;
use crate::text::to_text;

/// A problem: its code and its message.
type Problem = (&'static str, String);

/// Returns an item for the API's list.
pub(super) fn item(
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
pub(super) fn find<'a>(caption: &str, scope: FieldScope<'a>) -> Result<Option<&'a CustomField>, Problem> {
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
    // The API accepts another record's field, but doesn't store it.
    let candidates = if scope.is_complete() { vec![&own] } else { vec![&own, &all] };
    for fields in candidates {
        for fits in [&exact as &dyn Fn(&&&CustomField) -> bool, &loose] {
            let mut fitting = fields.iter().filter(fits);
            match (fitting.next(), fitting.next()) {
                (Some(field), None) => return Ok(Some(field)),
                (Some(_), Some(_)) => return Ok(None),
                (None, _) => {}
            }
        }
    }
    if let Some(field) = all.iter().find(loose) {
        let (caption, id) = (&field.caption, to_text(&field.id));
        let message = format!(
            "\"{caption}\" is a custom field of other records; to set it anyway, pass \"{caption} [id {id}]\""
        );
        return Err(("unknown", message));
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
