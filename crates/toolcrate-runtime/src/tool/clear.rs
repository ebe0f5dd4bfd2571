//! Clears fields in updates. Null never clears a field, because clients send it for arguments that they don't use.
//! Instead, the caller names the fields to clear in a separate argument.

use serde_json::{Map, Value};
use toolcrate_catalog::RequestRecord;

use super::validation_errors;
use crate::error::FieldError;
use crate::nearest::{MAX_EXPLAINED, nearest};

/// Maximum number of fields to clear. Records have at most a few hundred.
const MAX_NAMES: usize = 1000;

/// The fields to clear.
#[derive(Default)]
pub(super) struct Cleared {
    /// Fields of the record.
    pub(super) members: Vec<String>,
    /// Captions of custom fields, each with the pointer to its name in the arguments.
    pub(super) captions: Vec<(String, String)>,
}

/// Removes the names of the fields to clear from `arguments`. `properties` are the argument schema's properties,
/// `is_field` returns whether a property is a field of the record, and `custom` is the property with custom fields:
/// `customFields/Region` refers to one of them.
pub(super) fn extract(
    arguments: &mut Map<String, Value>,
    request: &RequestRecord<'_>,
    properties: Option<&Map<String, Value>>,
    is_field: impl Fn(&str) -> bool,
    custom: Option<&str>,
    problems: &mut Vec<FieldError>,
) -> Cleared {
    let mut cleared = Cleared::default();
    let Some(argument) = request.clear_argument() else { return cleared };
    // Any other type has been reported by schema validation.
    let Some(Value::Array(names)) = arguments.shift_remove(argument) else { return cleared };
    let fields: Vec<&str> = properties
        .into_iter()
        .flat_map(Map::keys)
        .map(String::as_str)
        .filter(|name| is_field(name))
        .collect();
    let names: Vec<(usize, &str)> =
        names.iter().enumerate().filter_map(|(index, name)| Some((index, name.as_str()?))).collect();
    if names.len() > MAX_NAMES {
        let message = format!("expected at most {MAX_NAMES} names, got {}", names.len());
        problems.push(FieldError::new(validation_errors::pointer("", argument), "length", message));
        return cleared;
    }
    for (position, (index, name)) in names.iter().enumerate() {
        if names[..position].iter().any(|(_, before)| before == name) {
            continue;
        }
        let pointer = format!("{}/{index}", validation_errors::pointer("", argument));
        if fields.contains(name) {
            if arguments.contains_key(*name) {
                problems.push(FieldError::new(pointer, "conflict", conflict_message(name)));
            } else {
                cleared.members.push(request.body_name(name).to_owned());
            }
            continue;
        }
        let caption = custom.filter(|custom| fields.contains(custom)).and_then(|custom| {
            name.strip_prefix(custom)?.strip_prefix('/').filter(|caption| !caption.trim().is_empty())
        });
        match caption {
            Some(_) if names.iter().any(|(_, other)| Some(*other) == custom) => {
                let custom = custom.unwrap_or_default();
                let message = format!("\"{custom}\" is already cleared completely in the same call");
                problems.push(FieldError::new(pointer, "conflict", message));
            }
            Some(caption) => cleared.captions.push((pointer, caption.to_owned())),
            None => {
                let is_argument = properties.is_some_and(|known| known.contains_key(*name));
                let is_explained = problems.len() < MAX_EXPLAINED;
                let fields = if is_explained { fields.as_slice() } else { &[] };
                let message = unknown_message(name, is_argument, fields);
                problems.push(FieldError::new(pointer, "unknown", message));
            }
        }
    }
    cleared
}

/// Returns the message for a field that is both set and cleared.
pub(super) fn conflict_message(name: &str) -> String {
    format!("\"{name}\" can't be both set and cleared in the same call")
}

fn unknown_message(name: &str, is_argument: bool, fields: &[&str]) -> String {
    if is_argument {
        return format!("\"{name}\" is not a field of the record and can't be cleared");
    }
    match nearest(name, fields.iter().copied()).as_slice() {
        [] => format!("unknown field \"{name}\""),
        near => format!("unknown field \"{name}\"; did you mean {}?", near.join(" or ")),
    }
}
