//! Encodes properties that some providers can't declare: objects with unknown properties, and values with several
//! types.
//!
//! A tool is declared with the encoded form of these properties, and a model sends them in that form. Declaring a tool
//! and decoding its arguments both rely on this module.

use serde_json::{Map, Value, json};

use super::schema_keywords::{add_note, has_several_types, is_free_form, types};
use crate::api::Api;

/// How a property is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ValueEncoding {
    /// A structured filter, as a list of tests.
    FilterTests,
    /// Custom fields, as a list of captions and values.
    CaptionedFields,
    /// An object, as JSON text.
    JsonText,
    /// A value with several types, in which objects and lists are JSON text.
    MixedText,
}

/// Properties with a special meaning, and therefore special encodings.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SpecialProperties {
    /// The argument for a structured filter.
    pub(super) filter: Option<&'static str>,
    /// The property with an account's custom fields.
    pub(super) custom_fields: Option<&'static str>,
}

impl SpecialProperties {
    pub(super) fn new(api: &Api) -> Self {
        Self {
            filter: api.filter.as_ref().map(|filter| filter.argument),
            custom_fields: api.custom_fields.as_ref().map(|fields| fields.member),
        }
    }
}

/// The operators allowed in a test.
const OPERATORS: [&str; 12] =
    ["=", "!=", "<", "<=", ">", ">=", "contains", "not contains", "like", "not like", "in", "not in"];

/// Returns the encoding for the property `name`, if it needs one. `is_argument` is true for a property of the root.
pub(super) fn encoding_for(
    name: &str,
    node: &Value,
    special: &SpecialProperties,
    is_argument: bool,
) -> Option<ValueEncoding> {
    if is_free_form(node) {
        return Some(match Some(name) {
            name if is_argument && name == special.filter => ValueEncoding::FilterTests,
            name if name == special.custom_fields => ValueEncoding::CaptionedFields,
            _ => ValueEncoding::JsonText,
        });
    }
    let is_mixed =
        has_several_types(node) && types(node).into_iter().any(|kind| matches!(kind, "object" | "array"));
    is_mixed.then_some(ValueEncoding::MixedText)
}

/// Returns the schema of an encoded property, which the dialect then converts like any other. `value` is the type of
/// values in a test or a custom field.
pub(super) fn encoded_schema(encoding: ValueEncoding, node: &Value, value: &Value) -> Map<String, Value> {
    let about = node.get("description").and_then(Value::as_str).unwrap_or_default();
    let mut schema = match encoding {
        ValueEncoding::FilterTests => {
            // The object's description would be misleading, but its list of fields still applies.
            let fields = about.find("Fields: ").map_or("", |start| &about[start..]);
            let about = format!("Conditions that must all be met. {fields}");
            json!({
                "type": "array",
                "description": about.trim(),
                "items": {
                    "type": "object",
                    "properties": {
                        "field": {"type": "string"},
                        "op": {"type": "string", "enum": OPERATORS},
                        "value": {"type": value, "description": "For all operators except in and not in. Format dates as 2025-01-31T08:00:00Z."},
                        "values": {"type": "array", "items": {"type": "string"}, "description": "For in and not in."},
                    },
                    "required": ["field", "op"],
                },
            })
        }
        ValueEncoding::CaptionedFields => json!({
            "type": "array",
            "description": about,
            "items": {
                "type": "object",
                "properties": {"caption": {"type": "string"}, "value": {"type": value}},
                "required": ["caption", "value"],
            },
        }),
        ValueEncoding::JsonText => json!({"type": "string", "description": about}),
        ValueEncoding::MixedText => {
            let plain: Vec<&str> =
                types(node).into_iter().filter(|kind| !matches!(*kind, "object" | "array")).collect();
            json!({"type": plain, "description": about})
        }
    };
    let Some(schema) = schema.as_object_mut() else { unreachable!("it was made an object above") };
    match encoding {
        ValueEncoding::JsonText => add_note(schema, "A JSON object, as text."),
        ValueEncoding::MixedText => add_note(schema, "Objects and lists as JSON text."),
        ValueEncoding::FilterTests | ValueEncoding::CaptionedFields => {}
    }
    if schema.get("description").is_some_and(|about| about == "") {
        schema.remove("description");
    }
    std::mem::take(schema)
}

/// Decodes the value that a model sent for an encoded property; a value that isn't encoded is returned unchanged. If
/// `any_json` is set, mixed text can also contain JSON other than objects and lists.
pub(super) fn decode(encoding: ValueEncoding, value: Value, any_json: bool) -> Value {
    match (encoding, value) {
        (ValueEncoding::FilterTests, Value::Array(tests)) => {
            Value::Array(tests.into_iter().map(decode_test).collect())
        }
        (ValueEncoding::CaptionedFields, Value::Array(items)) => {
            decode_fields(&items).unwrap_or(Value::Array(items))
        }
        (ValueEncoding::JsonText, Value::String(text)) => match serde_json::from_str(&text) {
            Ok(value @ Value::Object(_)) => value,
            _ => Value::String(text),
        },
        (ValueEncoding::MixedText, Value::String(text)) => match serde_json::from_str(&text) {
            Ok(value @ (Value::Object(_) | Value::Array(_))) => value,
            Ok(value) if any_json => value,
            _ => Value::String(text),
        },
        (_, value) => value,
    }
}

/// Returns a test with the values of `in` in the filter's format.
fn decode_test(mut test: Value) -> Value {
    let Some(members) = test.as_object_mut() else { return test };
    let values =
        members.shift_remove("values").filter(|values| values.as_array().is_some_and(|v| !v.is_empty()));
    if let Some(values) = values.filter(|_| members.get("value").is_none_or(Value::is_null)) {
        members.insert("value".to_owned(), values);
    }
    members.entry("value").or_insert(Value::Null);
    test
}

/// Returns captions and values as one object, or `None` if there is any other item.
fn decode_fields(items: &[Value]) -> Option<Value> {
    let mut fields = Map::new();
    for item in items {
        let caption = item.get("caption")?.as_str()?;
        fields.insert(caption.to_owned(), item.get("value")?.clone());
    }
    Some(Value::Object(fields))
}
