//! Generates sample arguments for a tool from its input schema. Every property gets a small valid value.

use serde_json::{Map, Value, json};

/// Returns a valid value for each argument in `schema` (a tool's input schema).
pub fn arguments(schema: &Value) -> Map<String, Value> {
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties.map(|(name, node)| (name.clone(), value(node))).collect()
}

/// Returns a valid value for `node`.
pub fn value(node: &Value) -> Value {
    if let Some(first) = node["enum"].as_array().and_then(|values| values.first()) {
        return first.clone();
    }
    let kind = node["type"].as_str().or_else(|| node["type"][0].as_str()).unwrap_or("string");
    match kind {
        "boolean" => json!(true),
        "integer" => json!(number(node).round() as i64),
        "number" => json!(number(node) + 0.5),
        "array" => json!([value(&node["items"])]),
        "object" => Value::Object(object(node)),
        _ => json!(string(node)),
    }
}

fn object(node: &Value) -> Map<String, Value> {
    if node["properties"].get("content_base64").is_some() {
        let file = json!({"file_name": "note.txt", "media_type": "text/plain", "content_base64": "aGVsbG8="});
        return file.as_object().cloned().unwrap_or_default();
    }
    let mut members = arguments(node);
    if node["additionalProperties"].is_object() {
        members.insert("key".to_owned(), value(&node["additionalProperties"]));
    }
    members
}

fn number(node: &Value) -> f64 {
    let low = node["minimum"].as_f64().unwrap_or(7.0);
    let high = node["maximum"].as_f64().unwrap_or(f64::MAX);
    low.clamp(f64::MIN, high)
}

fn string(node: &Value) -> String {
    let text = match node["format"].as_str() {
        Some("date-time") => "2025-01-31T08:30:00Z",
        Some("date") => "2025-01-31",
        Some("email") => "jane@example.com",
        Some("uuid") => "12345678-1234-4234-8234-123456789abc",
        Some("uri") => "https://example.com/a",
        _ => "a/b \"c\" ü",
    };
    let most = node["maxLength"].as_u64().map_or(usize::MAX, |most| most as usize);
    text.chars().take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sample_values_match_the_schema() {
        let schema = json!({"properties": {
            "a": {"type": "integer", "minimum": 1, "maximum": 3},
            "b": {"type": "string", "maxLength": 2},
            "c": {"type": "array", "items": {"type": "string", "enum": ["x", "y"]}},
            "d": {"type": "object", "properties": {"id": {"type": "integer"}}},
        }});
        let expected = json!({"a": 1, "b": "a/", "c": ["x"], "d": {"id": 7}});
        assert_eq!(Value::Object(arguments(&schema)), expected);
    }
}
