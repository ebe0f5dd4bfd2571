//! Limits on arguments, which keep the time to validate a call proportional to its size.

use serde_json::{Map, Value};

use super::validation_errors;
use crate::error::FieldError;

/// Maximum number of properties of an object. Records have at most a few hundred.
const MAX_PROPERTIES: usize = 1000;
/// Maximum number of items in a list. A query can't contain more IDs.
const MAX_ITEMS: usize = 20_000;

/// Returns an error for the first object or list that is too large.
pub(super) fn check(arguments: &Map<String, Value>) -> Option<FieldError> {
    check_properties(arguments, &mut String::new())
}

/// Returns an error for the first object or list within `value` that is too large.
pub(super) fn check_value(value: &Value) -> Option<FieldError> {
    check_within(value, &mut String::new())
}

fn check_properties(properties: &Map<String, Value>, pointer: &mut String) -> Option<FieldError> {
    if properties.len() > MAX_PROPERTIES {
        let message = format!("expected at most {MAX_PROPERTIES} properties, got {}", properties.len());
        return Some(FieldError::new(pointer.as_str(), "length", message));
    }
    properties.iter().filter(|(_, value)| is_container(value)).find_map(|(name, value)| {
        let length = pointer.len();
        *pointer = validation_errors::pointer(pointer, name);
        let found = check_within(value, pointer);
        pointer.truncate(length);
        found
    })
}

fn check_within(value: &Value, pointer: &mut String) -> Option<FieldError> {
    match value {
        Value::Object(properties) => check_properties(properties, pointer),
        Value::Array(items) if items.len() > MAX_ITEMS => {
            let message = format!("expected at most {MAX_ITEMS} items, got {}", items.len());
            Some(FieldError::new(pointer.as_str(), "length", message))
        }
        Value::Array(items) => {
            items.iter().enumerate().filter(|(_, item)| is_container(item)).find_map(|(index, item)| {
                let length = pointer.len();
                pointer.push_str(&format!("/{index}"));
                let found = check_within(item, pointer);
                pointer.truncate(length);
                found
            })
        }
        _ => None,
    }
}

fn is_container(value: &Value) -> bool {
    value.is_object() || value.is_array()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn first_object_or_list_that_is_too_large_is_reported() {
        let object = |count: usize| (0..count).map(|n| (format!("p{n}"), json!(n))).collect::<Map<_, _>>();
        let list = |count: usize| vec![json!(1); count];
        let found = |value: Value| check_value(&value).map(|problem| (problem.pointer, problem.message));
        assert_eq!(found(json!({"a": object(MAX_PROPERTIES), "b": list(MAX_ITEMS)})), None);
        let expected = ("/a~1b/1".to_owned(), "expected at most 1000 properties, got 1001".to_owned());
        assert_eq!(found(json!({"a/b": [{}, object(1001)], "c": list(MAX_ITEMS + 1)})), Some(expected));
        let expected = ("/c".to_owned(), "expected at most 20000 items, got 20001".to_owned());
        assert_eq!(found(json!({"a": [], "c": list(20_001)})), Some(expected));
        assert_eq!(check(&object(1001)).map(|problem| problem.pointer), Some(String::new()));
    }
}
