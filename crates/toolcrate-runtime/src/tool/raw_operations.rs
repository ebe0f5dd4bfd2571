//! Checks the JSON Patch operations that a caller passes in addition to, or instead of, the fields of an update.

use serde_json::{Map, Value};
use toolcrate_catalog::{ArgumentLocation, RequestRecord};

use super::validation_errors::pointer;
use crate::error::FieldError;
use crate::patch::unescape;

/// Returns the operations that lack a value, which would clear a field, and those that change a field that the same call
/// sets or clears. `is_field` returns true for arguments that are fields of the record.
pub(super) fn problems(
    request: &RequestRecord<'_>,
    arguments: &Map<String, Value>,
    is_field: impl Fn(&str) -> bool,
) -> Vec<FieldError> {
    let is_raw = |name: &&String| {
        request.arguments.get(name.as_str()).is_some_and(|target| target.location == ArgumentLocation::Patch)
    };
    let Some(argument) = arguments.keys().find(is_raw) else { return Vec::new() };
    let operations = arguments[argument].as_array().map(Vec::as_slice).unwrap_or_default();
    let cleared = request.clear_argument().and_then(|name| arguments.get(name)).and_then(Value::as_array);
    let cleared = cleared.into_iter().flatten().filter_map(Value::as_str);
    let set = arguments.keys().map(String::as_str).filter(|name| is_field(name));
    let changed: Vec<&str> = set.chain(cleared).map(|name| request.body_name(name)).collect();
    let mut problems = Vec::new();
    for (index, operation) in operations.iter().enumerate() {
        let text = |name: &str| operation.get(name).and_then(Value::as_str).unwrap_or_default();
        let at = pointer(&pointer("", argument), &index.to_string());
        if matches!(text("op"), "add" | "replace") && operation.get("value").is_none() {
            let message = "\"value\" is required to add or replace a field; to clear a field, use remove";
            problems.push(FieldError::new(pointer(&at, "value"), "missing", message));
        }
        let path = text("path");
        let field = unescape(path.trim_start_matches('/').split('/').next().unwrap_or_default());
        if changed.contains(&&*field) {
            let message = format!("\"{field}\" is already set or cleared by another argument of this call");
            problems.push(FieldError::new(pointer(&at, "path"), "conflict", message));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn operation_has_a_value_and_a_field_of_its_own() {
        let request = r#"{"arguments": {"operations": {"in": "patch"}, "clear": {"in": "clear"}}}"#;
        let request: RequestRecord<'_> = serde_json::from_str(request).unwrap();
        let found = |arguments: Value| {
            let problems = problems(&request, arguments.as_object().unwrap(), |name| name == "summary");
            problems.iter().map(|problem| format!("{} {}", problem.pointer, problem.code)).collect::<Vec<_>>()
        };
        let operation = |op: &str, path: &str| json!({"op": op, "path": path, "value": 1});
        let fine = [operation("add", "/lines/0"), json!({"op": "remove", "path": "note"})];
        assert!(found(json!({"id": 5, "summary": "x", "clear": ["company"], "operations": fine})).is_empty());
        assert!(found(json!({"id": 5})).is_empty());
        let clearing = json!({"op": "replace", "path": "summary", "value": null});
        assert!(found(json!({"operations": [clearing]})).is_empty(), "clears the field");
        let unsafe_ones = json!([
            {"op": "replace", "path": "note"},
            operation("replace", "/summary"),
            operation("replace", "a~1b/c"),
        ]);
        let arguments = json!({"summary": "x", "clear": ["a/b"], "operations": unsafe_ones});
        assert_eq!(
            found(arguments),
            ["/operations/0/value missing", "/operations/1/path conflict", "/operations/2/path conflict"]
        );
    }
}
