//! Short forms that models write by themselves: a bare id or name where a reference object belongs.
//! `"customer": 7` is taken as `{"id": 7}`, `"customer": "Acme"` as `{"name": "Acme"}`.

use serde_json::{Map, Value};

/// Expands the short forms in `value`, which `schema` describes.
pub(super) fn expand(schema: &Value, value: &mut Value) {
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

/// The member of a reference that `value` is meant for: the id for a number, the first text for text. A
/// reference is an object with a whole number called `id` and nothing but texts beside it.
fn key<'s>(schema: &'s Value, value: &Value) -> Option<&'s str> {
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
    let mut texts = members.keys().filter(|name| *name != "id").map(String::as_str);
    if value.is_number() { Some("id") } else { texts.next() }
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
}
