//! Checks that JSON Schema can't express: dates must be in the API's format, and references must identify a record.

use serde_json::Value;

use super::nulls;
use super::shorthand::is_reference;
use crate::date;
use crate::error::FieldError;
use crate::patch::escape;

/// Adds the problems in `value`.
pub(super) fn check(schema: &Value, value: &Value, pointer: &mut String, problems: &mut Vec<FieldError>) {
    match value {
        Value::String(text) => {
            let format = schema.get("format").and_then(Value::as_str);
            problems.extend(format.and_then(|format| date_problem(format, text, pointer)));
        }
        Value::Object(properties) => {
            let is_blank = |value: &Value| value.as_str().is_some_and(|text| text.trim().is_empty());
            // The arguments as a whole may look like a reference, but aren't one.
            if !pointer.is_empty() && is_reference(schema) && properties.values().all(is_blank) {
                problems.push(empty_reference(schema, pointer));
            }
            for (name, property) in properties {
                if let Some(schema) = nulls::member_schema(schema, name) {
                    descend(schema, property, &escape(name), pointer, problems);
                }
            }
        }
        Value::Array(items) => {
            if let Some(schema) = nulls::item_schema(schema) {
                for (index, item) in items.iter().enumerate() {
                    descend(schema, item, &index.to_string(), pointer, problems);
                }
            }
        }
        _ => {}
    }
}

fn descend(
    schema: &Value,
    value: &Value,
    segment: &str,
    pointer: &mut String,
    problems: &mut Vec<FieldError>,
) {
    let length = pointer.len();
    pointer.push('/');
    pointer.push_str(segment);
    check(schema, value, pointer, problems);
    pointer.truncate(length);
}

fn date_problem(format: &str, text: &str, pointer: &str) -> Option<FieldError> {
    let (read, example) = match format {
        "date-time" => (date::utc_seconds(text), "a date and time in UTC such as \"2025-01-31T08:00:00Z\""),
        "date" => (date::day_or_utc_seconds(text), "a date such as \"2025-01-31\""),
        _ => return None,
    };
    let shown: String = text.chars().take(60).collect();
    read.is_none().then(|| FieldError::new(pointer, "format", format!("expected {example}, got \"{shown}\"")))
}

fn empty_reference(schema: &Value, pointer: &str) -> FieldError {
    let keys = schema["properties"].as_object().into_iter().flat_map(|properties| properties.keys());
    let keys: Vec<String> = keys.map(|key| format!("\"{key}\"")).collect();
    let message = format!("expected a reference with {}, or omit it", keys.join(" or "));
    FieldError::new(pointer, "empty", message)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn dates_and_references_are_checked_at_every_depth() {
        let reference =
            json!({"type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}});
        let schema = json!({"type": "object", "properties": {
            "board": reference,
            "lines": {"type": "array", "items": {"type": "object", "properties": {
                "due": {"type": "string", "format": "date-time"}, "item": reference,
            }}},
            "day": {"type": "string", "format": "date"},
            "settings": {"type": "object", "properties": {"name": {"type": "string"}}},
        }});
        let found = |value: Value| {
            let mut problems = Vec::new();
            check(&schema, &value, &mut String::new(), &mut problems);
            problems.iter().map(|problem| format!("{} {}", problem.pointer, problem.code)).collect::<Vec<_>>()
        };
        let right = json!({
            "board": {"id": 1}, "lines": [{"due": "2025-01-31T08:00:00Z", "item": {"name": "x"}}],
            "day": "2025-01-31", "settings": {},
        });
        assert!(found(right).is_empty());
        let mut problems = Vec::new();
        check(&reference, &json!({}), &mut String::new(), &mut problems);
        assert!(problems.is_empty(), "arguments aren't a reference");
        let wrong = json!({
            "board": {}, "lines": [{"due": "next friday", "item": {"name": " "}}], "day": "2025-02-31",
        });
        assert_eq!(
            found(wrong),
            ["/board empty", "/lines/0/due format", "/lines/0/item empty", "/day format"]
        );
    }
}
