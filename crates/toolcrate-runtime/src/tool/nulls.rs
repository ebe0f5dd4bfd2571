//! Removes meaningless nulls. Many clients send null for every optional argument, at every depth, so a null that the
//! schema doesn't allow is treated as absent.

use serde_json::Value;

/// Removes every property of `value` that is null although `schema` doesn't allow it, along with objects that
/// contained nothing but such nulls. Properties unknown to the schema are kept, to be reported, and so are list
/// items, whose positions matter.
pub(super) fn strip(schema: &Value, value: &mut Value) {
    match value {
        Value::Object(members) => members.retain(|name, member| {
            let Some(schema) = member_schema(schema, name) else { return true };
            if member.is_null() {
                return allows_null(schema);
            }
            let was_empty = is_empty_object(member);
            strip(schema, member);
            was_empty || !is_empty_object(member)
        }),
        Value::Array(items) => {
            if let Some(schema) = item_schema(schema) {
                items.iter_mut().for_each(|item| strip(schema, item));
            }
        }
        _ => {}
    }
}

/// Returns true if a schema allows null.
pub(super) fn allows_null(schema: &Value) -> bool {
    let by_type = match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "null"),
        Some(kind) => kind == "null",
        None => true,
    };
    let by_enum =
        schema.get("enum").and_then(Value::as_array).is_none_or(|values| values.contains(&Value::Null));
    let mut branches = branches(schema).peekable();
    by_type && by_enum && (branches.peek().is_none() || branches.any(allows_null))
}

fn is_empty_object(value: &Value) -> bool {
    value.as_object().is_some_and(serde_json::Map::is_empty)
}

/// Returns the schema of the property `name`, if its object's schema defines it.
pub(super) fn member_schema<'s>(schema: &'s Value, name: &str) -> Option<&'s Value> {
    let own = schema.get("properties").and_then(|properties| properties.get(name));
    own.or_else(|| branches(schema).find_map(|branch| member_schema(branch, name)))
        .or_else(|| schema.get("additionalProperties").filter(|node| node.is_object()))
}

/// Returns the schema of a list's items, if the list's schema defines it.
pub(super) fn item_schema(schema: &Value) -> Option<&Value> {
    schema.get("items").or_else(|| branches(schema).find_map(|branch| branch.get("items")))
}

/// Returns the alternatives of a schema.
pub(super) fn branches(schema: &Value) -> impl Iterator<Item = &Value> {
    let list = |keyword: &str| schema.get(keyword).and_then(Value::as_array).into_iter().flatten();
    list("anyOf").chain(list("oneOf"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nulls_are_dropped_at_every_depth_unless_allowed() {
        let reference =
            json!({"type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}});
        let schema = json!({"type": "object", "properties": {
            "text": {"type": "string"},
            "choice": {"type": "string", "enum": ["a"]},
            "nullable": {"type": ["string", "null"]},
            "anything": {},
            "customer": reference,
            "lines": {"type": "array", "items": {"type": "object", "properties": {"product": reference, "size": {"type": "number"}}}},
            "tags": {"type": "array", "items": {"type": "string"}},
            "settings": {"type": "object", "additionalProperties": {"type": "string"}},
            "free": {"type": "object"},
            "either": {"anyOf": [{"type": "number"}, {"type": "object", "properties": {"value": {"type": "number"}}}]},
            "or_null": {"oneOf": [{"type": "number"}, {"type": "null"}]},
        }});
        let mut value = json!({
            "text": null, "choice": null, "nullable": null, "anything": null, "unknown": null,
            "customer": {"id": 250, "name": null, "other": null},
            "lines": [{"product": {"id": null, "name": null}, "size": null}, {"size": 1, "product": {"id": 1, "name": null}}, null],
            "tags": ["a", null], "settings": {"a": null, "b": "c"}, "free": {"a": null}, "either": {"value": null},
            "or_null": null,
        });
        strip(&schema, &mut value);
        let expected = json!({
            "nullable": null, "anything": null, "unknown": null, "customer": {"id": 250, "other": null},
            "lines": [{}, {"size": 1, "product": {"id": 1}}, null], "tags": ["a", null], "settings": {"b": "c"},
            "free": {"a": null}, "or_null": null,
        });
        assert_eq!(value, expected);
    }

    #[test]
    fn object_is_dropped_only_if_it_held_only_nulls() {
        let schema = json!({"type": "object", "properties": {
            "a": {"type": "object", "properties": {"b": {"type": "object", "properties": {"c": {"type": "string"}}}}},
        }});
        for (sent, expected) in [
            (json!({"a": {"b": {"c": null}}}), json!({})),
            (json!({"a": {"b": {}}}), json!({"a": {"b": {}}})),
            (json!({"a": {}}), json!({"a": {}})),
            (json!({"a": {"b": null}}), json!({})),
        ] {
            let mut value = sent;
            strip(&schema, &mut value);
            assert_eq!(value, expected);
        }
    }

    #[test]
    fn enum_without_null_does_not_allow_null() {
        assert!(!allows_null(&json!({"type": ["string", "null"], "enum": ["a"]})));
        assert!(allows_null(&json!({"type": ["string", "null"], "enum": ["a", null]})));
        assert!(!allows_null(&json!({"enum": ["a"]})));
        assert!(allows_null(&json!({})));
    }
}
