//! Finds the value that an invalid value was likely meant to be: `yes` for true, `$1,200` for 1200, a Python literal
//! for JSON. These conversions lose information or are guesses, so the value is only suggested in the error's fix and
//! never used automatically.

use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::coercion::{coerce, is_taken};
use super::shorthand::is_reference;
use crate::date_suggestion;
use crate::nearest::nearest_value;
use crate::text::joined;

/// The fields that can represent a complete object, most likely first.
const VALUE_KEYS: [&str; 6] = ["value", "id", "identifier", "name", "text", "label"];
/// Longer strings aren't parsed.
const MAX_CHARACTERS: usize = 4096;

/// Returns the value of `schema`'s type that `value` was likely meant to be.
pub(super) fn suggest(schema: &Value, value: &Value, now: OffsetDateTime) -> Option<Value> {
    if let Some(format) = schema.get("format").and_then(Value::as_str)
        && matches!(format, "date-time" | "date")
    {
        let date = date_suggestion::suggest(value, now)?;
        let end = if format == "date" { 10 } else { date.len() };
        return Some(Value::from(&date[..end]));
    }
    let candidates = match value {
        Value::String(text) if text.len() <= MAX_CHARACTERS => from_text(schema, text),
        Value::Number(number) => match number.as_i64() {
            Some(0) => vec![Value::Bool(false)],
            Some(1) => vec![Value::Bool(true)],
            _ => Vec::new(),
        },
        Value::Bool(_) => vec![Value::from(value.to_string())],
        Value::Array(items) => from_list(schema, items),
        Value::Object(properties) => sort_order(properties)
            .into_iter()
            .chain(VALUE_KEYS.into_iter().filter_map(|key| properties.get(key).cloned()))
            .chain(properties.values().filter(|_| properties.len() == 1).cloned())
            .collect(),
        _ => Vec::new(),
    };
    candidates.into_iter().find(|candidate| is_taken(schema, candidate) && is_option(schema, candidate))
}

/// Returns a sort order passed as an object: `{"id": "desc"}` for `id desc`.
fn sort_order(properties: &Map<String, Value>) -> Option<Value> {
    let order = |(name, direction): (&String, &Value)| match direction.as_str()?.to_lowercase().as_str() {
        direction @ ("asc" | "desc") => Some(format!("{name} {direction}")),
        _ => None,
    };
    let orders: Option<Vec<String>> = properties.iter().map(order).collect();
    orders.filter(|orders| !orders.is_empty()).map(|orders| Value::from(orders.join(", ")))
}

fn is_option(schema: &Value, value: &Value) -> bool {
    schema.get("enum").and_then(Value::as_array).is_none_or(|options| options.contains(value))
}

fn from_text(schema: &Value, text: &str) -> Vec<Value> {
    let text = without_fence(text.trim());
    let mut found = Vec::new();
    if let Some(options) = schema.get("enum").and_then(Value::as_array) {
        let near = nearest_value(text, options.iter().filter_map(Value::as_str));
        found.extend(near.map(Value::from));
    }
    found.extend(serde_json::from_str::<Value>(text).ok().filter(|value| !value.is_string()));
    found.extend(from_python(text));
    match text.to_lowercase().as_str() {
        "yes" | "y" | "on" | "1" | "t" => found.push(Value::Bool(true)),
        "no" | "n" | "off" | "0" | "f" => found.push(Value::Bool(false)),
        _ => {}
    }
    found.extend(loose_number(text));
    if let Some(items) = schema.get("items") {
        let parts = text.split([',', ';']).map(str::trim).filter(|part| !part.is_empty());
        let items: Option<Vec<Value>> = parts
            .map(|part| {
                let candidates = [Value::from(part), loose_number(part).unwrap_or_default()];
                candidates.into_iter().find(|item| is_taken(items, item) || is_reference(items))
            })
            .collect();
        found.extend(items.filter(|items| !items.is_empty()).map(Value::Array));
    }
    found
}

/// Returns text without a surrounding Markdown fence.
fn without_fence(text: &str) -> &str {
    let inner = text.strip_prefix("```").and_then(|rest| rest.strip_suffix("```"));
    inner.map_or(text, |inner| inner.trim_start_matches(|c: char| c.is_ascii_alphabetic()).trim())
}

/// Parses a number with a unit symbol, thousands separators, or leading zeros.
fn loose_number(text: &str) -> Option<Value> {
    let digits = text.trim().trim_start_matches(['#', '$', '€', '£', '+', ' ']).trim_end_matches(['%', ' ']);
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '.'));
    // In some countries a comma is the decimal separator, so only groups of three digits are unambiguous.
    let is_grouped = digits.split('.').next()?.split(',').skip(1).all(|group| group.len() == 3);
    if !is_number || !is_grouped {
        return None;
    }
    let plain = digits.replace(',', "");
    let integer = plain.parse::<i64>().ok().map(Value::from);
    integer.or_else(|| plain.parse::<f64>().ok().map(Value::from))
}

/// Parses a Python literal: single quotes, `None`, `True`, `False`.
fn from_python(text: &str) -> Option<Value> {
    if !text.starts_with(['{', '[', '(']) || text.contains('"') {
        return None;
    }
    let json =
        text.replace('\'', "\"").replace("None", "null").replace("True", "true").replace("False", "false");
    serde_json::from_str(&json).ok()
}

fn from_list(schema: &Value, items: &[Value]) -> Vec<Value> {
    match items {
        [item] => {
            let mut read = item.clone();
            coerce(schema, &mut read);
            vec![item.clone(), read]
        }
        // Lists that the API accepts as a single string are comma-separated.
        items if items.iter().all(|item| item.is_string() || item.is_number()) => {
            vec![Value::from(joined(items, ','))]
        }
        _ => Vec::new(),
    }
}

/// Returns true if and only if `value` is a client's way of writing nothing: an empty string or list, or a word for
/// null.
pub(super) fn is_nothing(value: &Value) -> bool {
    const WORDS: [&str; 6] = ["", "null", "none", "nil", "n/a", "undefined"];
    match value {
        Value::Null => true,
        Value::String(text) => WORDS.iter().any(|word| text.trim().eq_ignore_ascii_case(word)),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// Returns a string or list truncated to `schema`'s limits, or a number moved within its bounds.
pub(super) fn within_bounds(schema: &Value, value: &Value) -> Option<Value> {
    let limit =
        |name: &str| schema.get(name).and_then(Value::as_u64).and_then(|limit| usize::try_from(limit).ok());
    match value {
        Value::String(text) => {
            let limit = limit("maxLength").filter(|limit| *limit <= MAX_CHARACTERS)?;
            let cut: String = text.chars().take(limit).collect();
            Some(Value::from(cut)).filter(|cut| cut != value)
        }
        Value::Array(items) => {
            let kept = items.get(..limit("maxItems")?)?;
            Some(Value::from(kept.to_vec()))
        }
        Value::Number(number) => {
            let float = number.as_f64()?;
            let bound = |name: &str, is_over: fn(f64, f64) -> bool| {
                schema.get(name).filter(|bound| bound.as_f64().is_some_and(|bound| is_over(float, bound)))
            };
            let over = bound("maximum", |number, bound| number > bound);
            over.or_else(|| bound("minimum", |number, bound| number < bound)).cloned()
        }
        _ => None,
    }
}

/// Returns the fields of `value`, if it is an object or the JSON text of one.
pub(super) fn fields_of(value: &Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(fields) => Some(fields.clone()),
        Value::String(text) if text.trim_start().starts_with('{') => serde_json::from_str(text).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn likely_value_is_suggested() {
        let reference = json!({"type": "object", "properties": {"id": {"type": "integer"}}});
        for (schema, value, expected) in [
            (json!({"type": "boolean"}), json!("yes"), Some(json!(true))),
            (json!({"type": "boolean"}), json!(0), Some(json!(false))),
            (json!({"type": "boolean"}), json!(2), None),
            (json!({"type": "integer"}), json!("#8812"), Some(json!(8812))),
            (json!({"type": "integer"}), json!("007"), Some(json!(7))),
            (json!({"type": "integer"}), json!("ten"), None),
            (json!({"type": "integer"}), json!({"id": 5, "name": "x"}), Some(json!(5))),
            (json!({"type": "integer"}), json!([5]), Some(json!(5))),
            (json!({"type": "number"}), json!("$1,200.50"), Some(json!(1200.5))),
            (json!({"type": "number"}), json!("1,5"), None),
            (json!({"type": "string"}), json!(true), Some(json!("true"))),
            (json!({"type": "string"}), json!(["id", "summary"]), Some(json!("id,summary"))),
            (json!({"type": "string"}), json!({"text": "x"}), Some(json!("x"))),
            (json!({"type": "string"}), json!({"id": "DESC", "a/b": "asc"}), Some(json!("id desc, a/b asc"))),
            (json!({"type": "string", "enum": ["add", "remove"]}), json!("move"), None),
            (json!({"type": "string", "enum": ["Billable"]}), json!("Bilable"), Some(json!("Billable"))),
            (json!({"type": "string", "enum": ["Billable"]}), json!("x"), None),
            (json!({"type": "string", "format": "date"}), json!("11/30/2026"), Some(json!("2026-11-30"))),
            (json!({"type": "string", "format": "date-time"}), json!("soon"), None),
            (reference.clone(), json!("{'id': 250}"), Some(json!({"id": 250}))),
            (reference.clone(), json!("```json\n{\"id\": 250}\n```"), Some(json!({"id": 250}))),
            (reference.clone(), json!([{"id": 250}]), Some(json!({"id": 250}))),
            (reference.clone(), json!(["250"]), Some(json!({"id": 250}))),
            (json!({"type": "array", "items": {"type": "integer"}}), json!("1, 2"), Some(json!([1, 2]))),
            (json!({"type": "array", "items": {"type": "object"}}), json!("x"), None),
        ] {
            assert_eq!(suggest(&schema, &value, OffsetDateTime::UNIX_EPOCH), expected, "{value}");
        }
    }

    #[test]
    fn values_are_clamped_to_their_bounds() {
        let page = json!({"type": "integer", "minimum": 1, "maximum": 1000});
        assert_eq!(within_bounds(&page, &json!(5000)), Some(json!(1000)));
        assert_eq!(within_bounds(&page, &json!(0)), Some(json!(1)));
        assert_eq!(within_bounds(&page, &json!(5)), None);
        assert_eq!(within_bounds(&json!({"maxLength": 2}), &json!("äöü")), Some(json!("äö")));
        assert_eq!(within_bounds(&json!({"maxItems": 1}), &json!([1, 2])), Some(json!([1])));
    }
}
