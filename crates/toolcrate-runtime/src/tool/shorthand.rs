//! Expands shorthand for references, which are objects that identify another record by its ID, identifier or name:
//! `"customer": 7` becomes `{"id": 7}`, and `"customer": "Acme"` becomes `{"name": "Acme"}`.

use serde_json::{Map, Value};

/// The fields that identify a record by text, those more likely meant by a single word first.
pub(super) const TEXT_KEYS: [&str; 2] = ["identifier", "name"];

/// Returns true if and only if a schema describes a reference: an object with an integer `id` and otherwise only
/// strings.
pub(super) fn is_reference(schema: &Value) -> bool {
    let properties = schema.get("properties").and_then(Value::as_object);
    let is = |node: &Value, kind: &str| node.get("type").is_some_and(|found| found == kind);
    is(schema, "object")
        && properties.is_some_and(|properties| {
            properties.contains_key("id")
                && properties
                    .iter()
                    .all(|(name, node)| is(node, if name == "id" { "integer" } else { "string" }))
        })
}

/// Returns the reference that a bare ID or string stands for: digits are an ID, text without spaces is an identifier if
/// records have one, and any other text is a name.
pub(super) fn expand(schema: &Value, value: &Value) -> Option<Value> {
    if !is_reference(schema) {
        return None;
    }
    let (key, value) = match value {
        Value::Number(number) if number.is_i64() || number.is_u64() => ("id", value.clone()),
        Value::String(text) => {
            let text = text.trim();
            let is_id = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
            match text.parse::<i64>() {
                Ok(id) if is_id => ("id", Value::from(id)),
                // JSON, Markdown fences and the like aren't names.
                _ if text.is_empty() || text.starts_with(['{', '[', '`', '<']) => return None,
                _ => {
                    let has_space = text.contains(char::is_whitespace);
                    let mut keys = text_keys(schema);
                    let first = keys.next()?;
                    let key = keys.last().filter(|_| has_space).unwrap_or(first);
                    (key, Value::from(text))
                }
            }
        }
        _ => return None,
    };
    Some(Value::Object(Map::from_iter([(key.to_owned(), value)])))
}

/// Returns a reference's fields that identify a record by text.
pub(super) fn text_keys(schema: &Value) -> impl Iterator<Item = &'static str> {
    TEXT_KEYS.into_iter().filter(|key| schema["properties"].get(*key).is_some())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn reference(names: &[&str]) -> Value {
        let mut properties = Map::from_iter([("id".to_owned(), json!({"type": "integer"}))]);
        properties.extend(names.iter().map(|name| ((*name).to_owned(), json!({"type": "string"}))));
        json!({"type": "object", "properties": properties})
    }

    #[test]
    fn digits_are_an_id_and_other_strings_an_identifier_or_name() {
        let both = ["name", "identifier"];
        for (names, value, expected) in [
            (&both[..], json!(7), Some(json!({"id": 7}))),
            (&both, json!("250"), Some(json!({"id": 250}))),
            (&both, json!("AcmeCorp"), Some(json!({"identifier": "AcmeCorp"}))),
            (&both, json!(" Acme Corp "), Some(json!({"name": "Acme Corp"}))),
            (&["name"], json!("Acme"), Some(json!({"name": "Acme"}))),
            (&["identifier"], json!("Acme Corp"), Some(json!({"identifier": "Acme Corp"}))),
            (&["summary"], json!("x"), None),
            (&[], json!("x"), None),
            (&[], json!("8"), Some(json!({"id": 8}))),
            (&both, json!("{'id': 7}"), None),
            (&both, json!(7.5), None),
            (&both, json!(""), None),
            (&both, json!(true), None),
        ] {
            assert_eq!(expand(&reference(names), &value), expected, "{value}");
        }
    }

    #[test]
    fn object_with_other_values_is_not_a_reference() {
        let schema =
            json!({"type": "object", "properties": {"id": {"type": "integer"}, "width": {"type": "number"}}});
        assert!(!is_reference(&schema) && is_reference(&reference(&[])));
        assert_eq!(expand(&schema, &json!(7)), None);
    }
}
