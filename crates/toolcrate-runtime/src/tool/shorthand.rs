//! Short forms that models write by themselves: a bare id or name where a reference object belongs.
//! `"customer": 7` is taken as `{"id": 7}`, `"customer": "Acme"` as `{"name": "Acme"}`; and JSON text is taken
//! where an object or a list belongs.

use serde_json::{Map, Value};

/// Expands the short forms in `value`, which `schema` describes.
pub(super) fn expand(schema: &Value, value: &mut Value) {
    if let Some(parsed) = value.as_str().and_then(|text| written_out(schema, text)) {
        *value = parsed;
    }
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if let Some(schema) = schema.get("properties").and_then(|known| known.get(name)) {
                    expand(schema, member);
                }
            }
        }
        Value::Array(items) => {
            if let Some(schema) = schema.get("items") {
                items.iter_mut().for_each(|item| expand(schema, item));
            }
        }
        Value::Number(_) | Value::String(_) => {
            if let Some(key) = key(schema, value) {
                *value = Value::Object(Map::from_iter([(key.to_owned(), value.take())]));
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}

fn takes(schema: &Value, kind: &str) -> bool {
    match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().any(|found| found == kind),
        found => found.is_some_and(|found| found == kind),
    }
}

/// The object or list that a text is, where text itself can't stand.
fn written_out(schema: &Value, text: &str) -> Option<Value> {
    if takes(schema, "string") || !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let value: Value = serde_json::from_str(text).ok()?;
    takes(schema, if value.is_object() { "object" } else { "array" }).then_some(value)
}

/// The member of a reference that `value` is meant for: the id for a number; for text the identifier, if it has
/// one, or the name. A reference is an object with a whole number called `id` and nothing but texts beside it.
fn key(schema: &Value, value: &Value) -> Option<&'static str> {
    if schema.get("type")? != "object" {
        return None;
    }
    let members = schema.get("properties")?.as_object()?;
    let is = |member: &Value, kind: &str| member.get("type").is_some_and(|found| found == kind);
    let is_reference = members
        .iter()
        .all(|(name, member)| if name == "id" { is(member, "integer") } else { is(member, "string") });
    if !is_reference || !members.contains_key("id") {
        return None;
    }
    let keys: &[&str] = if value.is_number() { &["id"] } else { &["identifier", "name"] };
    keys.iter().find(|key| members.contains_key(**key)).copied()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn bare_ids_and_names_become_references_at_any_depth() {
        let reference =
            json!({"type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}});
        let schema = json!({"type": "object", "properties": {
            "customer": reference,
            "lines": {"type": "array", "items": {"type": "object", "properties": {"product": reference, "id": {"type": "integer"}}}},
            "size": {"type": "object", "properties": {"id": {"type": "integer"}, "width": {"type": "number"}}},
            "note": {"type": "string"},
        }});
        let mut value = json!({"customer": 7, "lines": [{"product": "Bolt", "id": 1}], "size": 3, "note": "x", "other": 1});
        expand(&schema, &mut value);
        let expected = json!({"customer": {"id": 7}, "lines": [{"product": {"name": "Bolt"}, "id": 1}], "size": 3, "note": "x", "other": 1});
        assert_eq!(value, expected);
        let mut whole = json!({"customer": {"id": 7}});
        expand(&schema, &mut whole);
        assert_eq!(whole, json!({"customer": {"id": 7}}));
    }

    #[test]
    fn text_is_the_identifier_before_the_name_and_nothing_else() {
        let text = json!({"type": "string"});
        let reference = |names: &[&str]| {
            let mut members = Map::from_iter([("id".to_owned(), json!({"type": "integer"}))]);
            members.extend(names.iter().map(|name| ((*name).to_owned(), text.clone())));
            json!({"type": "object", "properties": members})
        };
        for (names, expected) in [
            (&["name", "identifier"][..], json!({"identifier": "x"})),
            (&["name"], json!({"name": "x"})),
            (&["summary"], json!("x")),
            (&[], json!("x")),
        ] {
            let mut value = json!("x");
            expand(&reference(names), &mut value);
            assert_eq!(value, expected);
        }
    }

    #[test]
    fn json_text_is_taken_where_text_can_not_stand() {
        let schema = json!({"type": "object", "properties": {
            "filter": {"type": ["object", "array"]},
            "lines": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}},
            "note": {"type": "string"},
            "any": {"type": ["string", "object"]},
        }});
        let mut value = json!({
            "filter": " {\"id\": 1}", "lines": "[{\"id\": 1}, 2]", "note": "{}", "any": "{}", "other": "{}",
        });
        expand(&schema, &mut value);
        let expected = json!({
            "filter": {"id": 1}, "lines": [{"id": 1}, {"id": 2}], "note": "{}", "any": "{}", "other": "{}",
        });
        assert_eq!(value, expected);
        let mut wrong = json!({"filter": "{", "lines": "{}"});
        expand(&schema, &mut wrong);
        assert_eq!(wrong, json!({"filter": "{", "lines": "{}"}));
    }
}
