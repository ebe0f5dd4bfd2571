//! Fields that an update empties. Null never empties a field, as clients send it for whatever they leave out; the
//! caller names the fields instead, in an argument of its own.

use serde_json::{Map, Value};
use toolcrate_catalog::RequestRecord;

use super::validation_errors;
use crate::error::FieldError;

/// What is to be emptied.
#[derive(Default)]
pub(super) struct Cleared {
    /// Members of the record.
    pub(super) members: Vec<String>,
    /// Captions of fields that an account defined, each with the pointer to where it was named.
    pub(super) captions: Vec<(String, String)>,
}

/// Takes the names of the fields to empty out of `arguments`. `properties` is what the schema of the arguments
/// knows, `is_field` tells which of them are members of the record, and `custom` is the member that holds an
/// account's own fields: `customFields/Region` names one of those.
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
    // Of another type than a list of texts, it was reported by the schema.
    let Some(Value::Array(names)) = arguments.shift_remove(argument) else { return cleared };
    let fields: Vec<&str> = properties
        .into_iter()
        .flat_map(Map::keys)
        .map(String::as_str)
        .filter(|name| is_field(name))
        .collect();
    let names: Vec<(usize, &str)> =
        names.iter().enumerate().filter_map(|(index, name)| Some((index, name.as_str()?))).collect();
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
                let message = format!("\"{custom}\" is cleared as a whole in the same call");
                problems.push(FieldError::new(pointer, "conflict", message));
            }
            Some(caption) => cleared.captions.push((pointer, caption.to_owned())),
            None => {
                let is_argument = properties.is_some_and(|known| known.contains_key(*name));
                problems.push(FieldError::new(
                    pointer,
                    "unknown",
                    unknown_message(name, is_argument, &fields),
                ));
            }
        }
    }
    cleared
}

/// The message for a field that is given a value and named to be emptied.
pub(super) fn conflict_message(name: &str) -> String {
    format!("\"{name}\" can't be given a value and be cleared in the same call")
}

fn unknown_message(name: &str, is_argument: bool, fields: &[&str]) -> String {
    if is_argument {
        return format!("\"{name}\" is no field of the record, so it can't be cleared");
    }
    match validation_errors::nearest(name, fields.iter().copied()).as_slice() {
        [] => format!("there is no field \"{name}\" to clear"),
        near => format!("there is no field \"{name}\" to clear; did you mean {}?", near.join(" or ")),
    }
}
