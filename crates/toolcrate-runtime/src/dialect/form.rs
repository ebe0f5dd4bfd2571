//! Members whose form some dialects can't say: objects without known members, and values of several types. What
//! stands in their place is decided here alone, for declaring a tool and for reading what a model sent.

use serde_json::{Map, Value, json};

use super::{Special, is_free, note, types};

/// What stands in the place of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A structured filter: a list of tests.
    Filter,
    /// Fields by caption: a list of captions and values.
    Custom,
    /// An object: its JSON text.
    Text,
    /// A value of several types, some of them objects or lists: those as JSON text.
    Union,
}

/// The operators of a test.
const OPERATORS: [&str; 12] =
    ["=", "!=", "<", "<=", ">", ">=", "contains", "not contains", "like", "not like", "in", "not in"];

/// The form of the member `name`, where it needs one. `top` says that it is an argument.
pub(super) fn form(name: &str, node: &Value, special: &Special, top: bool) -> Option<Form> {
    if is_free(node) {
        return Some(match Some(name) {
            name if top && name == special.filter => Form::Filter,
            name if name == special.custom => Form::Custom,
            _ => Form::Text,
        });
    }
    let kinds = types(node);
    let several = kinds.iter().filter(|kind| **kind != "null").count() > 1;
    (several && kinds.iter().any(|kind| matches!(*kind, "object" | "array"))).then_some(Form::Union)
}

/// The schema of a form, before the dialect does the rest. `value` is the type of a value that may be of several.
pub(super) fn schema(form: Form, node: &Value, value: &Value) -> Map<String, Value> {
    let about = node.get("description").and_then(Value::as_str).unwrap_or_default();
    let mut schema = match form {
        Form::Filter => {
            // The description of the object's form would mislead; the fields that it names stay.
            let fields = about.find("Fields: ").map_or("", |start| &about[start..]);
            let about = format!("Tests, all of which must hold. {fields}");
            json!({
                "type": "array",
                "description": about.trim(),
                "items": {
                    "type": "object",
                    "properties": {
                        "field": {"type": "string"},
                        "op": {"type": "string", "enum": OPERATORS},
                        "value": {"type": value, "description": "For all but in and not in. Dates as 2025-01-31T08:00:00Z."},
                        "values": {"type": "array", "items": {"type": "string"}, "description": "For in and not in."},
                    },
                    "required": ["field", "op"],
                },
            })
        }
        Form::Custom => json!({
            "type": "array",
            "description": about,
            "items": {
                "type": "object",
                "properties": {"caption": {"type": "string"}, "value": {"type": value}},
                "required": ["caption", "value"],
            },
        }),
        Form::Text => json!({"type": "string", "description": about}),
        Form::Union => {
            let kept: Vec<&str> =
                types(node).into_iter().filter(|kind| !matches!(*kind, "object" | "array")).collect();
            json!({"type": kept, "description": about})
        }
    };
    let Some(schema) = schema.as_object_mut() else { unreachable!("it was made an object above") };
    match form {
        Form::Text => note(schema, "A JSON object, as text."),
        Form::Union => note(schema, "Objects and lists as JSON text."),
        Form::Filter | Form::Custom => {}
    }
    if schema.get("description").is_some_and(|about| about == "") {
        schema.remove("description");
    }
    std::mem::take(schema)
}

/// What a model sent in a form, as the member itself takes it; what has another form comes back as it is.
pub(super) fn read(form: Form, value: Value, any_json: bool) -> Value {
    match (form, value) {
        (Form::Filter, Value::Array(tests)) => Value::Array(tests.into_iter().map(test).collect()),
        (Form::Custom, Value::Array(items)) => fields(&items).unwrap_or(Value::Array(items)),
        (Form::Text, Value::String(text)) => match serde_json::from_str(&text) {
            Ok(value @ Value::Object(_)) => value,
            _ => Value::String(text),
        },
        (Form::Union, Value::String(text)) => match serde_json::from_str(&text) {
            Ok(value @ (Value::Object(_) | Value::Array(_))) => value,
            Ok(value) if any_json => value,
            _ => Value::String(text),
        },
        (_, value) => value,
    }
}

/// A test with the values of `in` where the filter has them.
fn test(mut test: Value) -> Value {
    let Some(members) = test.as_object_mut() else { return test };
    let values =
        members.shift_remove("values").filter(|values| values.as_array().is_some_and(|v| !v.is_empty()));
    if let Some(values) = values.filter(|_| members.get("value").is_none_or(Value::is_null)) {
        members.insert("value".to_owned(), values);
    }
    members.entry("value").or_insert(Value::Null);
    test
}

/// Captions and values as one object; `None` if an item is something else.
fn fields(items: &[Value]) -> Option<Value> {
    let mut fields = Map::new();
    for item in items {
        let caption = item.get("caption")?.as_str()?;
        fields.insert(caption.to_owned(), item.get("value")?.clone());
    }
    Some(Value::Object(fields))
}
