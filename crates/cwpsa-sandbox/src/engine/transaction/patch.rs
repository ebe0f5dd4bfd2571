//! Applies JSON Patch as the API does: paths are case-sensitive and may omit the leading `/`.
//!
//! An operation on the key of a reference (`status/id`) changes which record the reference points to. As in the real
//! API, an operation on any other field of a reference, or on `company/identifier`, succeeds but has no effect.

use serde_json::{Map, Value, json};

use crate::api::{BodySchema, Link, Member, Resource};
use crate::connectwise::error::ApiError;
use crate::connectwise::fields::{REFERENCE_KEYS, reference_target};
use crate::connectwise::messages::type_names;

/// The path below a reference for which the developer guide documents a false success.
const WITHOUT_EFFECT: &str = "company/identifier";

/// Applies a patch to a stored record and returns the changed fields; null removes a field.
pub(crate) fn apply_patch(
    body: &Value,
    record: &Map<String, Value>,
    resource: &'static Resource,
    shape: &BodySchema,
    links: &[Link],
) -> Result<Map<String, Value>, ApiError> {
    let Value::Array(operations) = body else {
        return Err(ApiError::unconvertible(body, type_names::PATCH, ""));
    };
    let mut fields: Map<String, Value> = Map::new();
    for operation in operations {
        let text = |name: &str| operation.get(name).and_then(Value::as_str);
        let op = text("op").unwrap_or("replace").to_ascii_lowercase();
        let path = text("path").ok_or_else(ApiError::patch_without_path)?;
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        let Some((first, rest)) = segments.split_first() else {
            return Err(ApiError::patch_path_without_field(path));
        };
        let first = *first;
        if resource.member(first).is_none() && !shape.members.contains_key(first) {
            return Err(ApiError::unknown_patch_segment(first));
        }
        let value = match op.as_str() {
            "add" | "replace" => operation.get("value").cloned().unwrap_or_default(),
            "remove" => Value::Null,
            other => return Err(ApiError::invalid_patch_operation(other)),
        };
        let is_reference = match resource.member(first) {
            Some(Member::Object(schema)) => {
                reference_target(schema).is_some()
                    || links.iter().any(|link| link.path.len() == 1 && link.path[0] == first)
            }
            _ => false,
        };
        if rest.is_empty() {
            fields.insert(first.to_owned(), value);
        } else if is_reference {
            if let [key] = rest
                && REFERENCE_KEYS.contains(key)
                && segments.join("/") != WITHOUT_EFFECT
            {
                // Only the key is kept, because the old reference's other fields don't apply to the new one.
                let reference = if value.is_null() { value } else { json!({*key: value}) };
                fields.insert(first.to_owned(), reference);
            }
        } else {
            let start = fields.get(first).or_else(|| record.get(first)).cloned().unwrap_or_default();
            let mut whole = start;
            apply_below(&mut whole, rest, value, &op, path)?;
            fields.insert(first.to_owned(), whole);
        }
    }
    Ok(fields)
}

fn apply_below(
    at: &mut Value,
    segments: &[&str],
    value: Value,
    op: &str,
    path: &str,
) -> Result<(), ApiError> {
    let Some((first, rest)) = segments.split_first() else {
        *at = value;
        return Ok(());
    };
    let missing = || ApiError::unknown_patch_path(path);
    match at {
        Value::Array(items) => {
            let length = items.len();
            let index = if *first == "-" { Some(length) } else { first.parse().ok() };
            let index = index.filter(|index| *index <= length).ok_or_else(missing)?;
            match (rest, op) {
                ([], "remove") if index < length => {
                    items.remove(index);
                }
                ([], "add") => items.insert(index, value),
                _ if index < length => apply_below(&mut items[index], rest, value, op, path)?,
                _ => return Err(missing()),
            }
        }
        Value::Null if rest.is_empty() && matches!(*first, "-" | "0") => *at = Value::Array(vec![value]),
        Value::Null => {
            *at = Value::Object(Map::new());
            apply_below(at, segments, value, op, path)?;
        }
        Value::Object(fields) => {
            apply_below(fields.entry((*first).to_owned()).or_insert(Value::Null), rest, value, op, path)?;
        }
        _ => return Err(missing()),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Purpose, api};

    fn patch(body: Value) -> Result<Value, ApiError> {
        let contacts = api().collection_id("/company/contacts").expect("contacts");
        let operation = api()
            .operations
            .iter()
            .find(|operation| operation.purpose == Purpose::Patch(contacts))
            .expect("a patch");
        let record = json!({"id": 1, "firstName": "Jane", "company": {"id": 2, "name": "Acme"},
            "communicationItems": [{"id": 1, "value": "a"}, {"id": 2, "value": "b"}]});
        let details = operation.details();
        let fields = record.as_object().expect("an object");
        let fields = apply_patch(
            &body,
            fields,
            api().collection(contacts).resource(),
            &details.shape,
            &details.links,
        )?;
        Ok(Value::Object(fields))
    }

    #[test]
    fn patch_paths_are_parsed_like_the_api() {
        let done = |body| patch(body).expect("a patch");
        assert_eq!(
            done(json!([{"op": "replace", "path": "firstName", "value": "A"}])),
            json!({"firstName": "A"})
        );
        assert_eq!(done(json!([{"op": "add", "path": "/lastName", "value": "A"}])), json!({"lastName": "A"}));
        assert_eq!(done(json!([{"op": "remove", "path": "title"}])), json!({"title": null}));
        let items = done(json!([{"op": "replace", "path": "/communicationItems/1/value", "value": "c"}]));
        assert_eq!(items, json!({"communicationItems": [{"id": 1, "value": "a"}, {"id": 2, "value": "c"}]}));
        let moved = done(json!([{"op": "replace", "path": "/company/id", "value": 3}]));
        assert_eq!(moved, json!({"company": {"id": 3}}));
        assert_eq!(
            done(json!([{"op": "replace", "path": "site/name", "value": "Main"}])),
            json!({"site": {"name": "Main"}})
        );
        assert_eq!(done(json!([{"op": "remove", "path": "site/id"}])), json!({"site": null}));
        assert_eq!(done(json!([{"op": "replace", "path": "company/_info/x", "value": 1}])), json!({}));
        // The false success documented in the developer guide.
        assert_eq!(done(json!([{"op": "replace", "path": "company/identifier", "value": "X"}])), json!({}));
    }

    #[test]
    fn invalid_patches_are_rejected() {
        for body in [
            json!({"firstName": "A"}),
            json!([{"op": "replace", "path": "FirstName", "value": "A"}]),
            json!([{"op": "replace", "value": "A"}]),
            json!([{"op": "move", "path": "firstName"}]),
            json!([{"op": "replace", "path": "communicationItems/7/value", "value": 1}]),
            json!([{"op": "replace", "path": "/", "value": 1}]),
        ] {
            assert!(patch(body.clone()).is_err(), "{body}");
        }
    }
}
