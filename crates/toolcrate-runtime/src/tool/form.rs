//! Builds a form with files from validated arguments.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use toolcrate_catalog::{FieldStyle, RequestRecord};

use super::validation_errors;
use super::validator::ToolValidator;
use crate::error::FieldError;
use crate::form::Form;
use crate::text::{joined, to_text};

/// Builds a form from `members`: one part per property, or one per item of a list. An object becomes a JSON
/// part.
pub(super) fn form(
    check: &ToolValidator,
    plan: &RequestRecord<'_>,
    members: Map<String, Value>,
    problems: &mut Vec<FieldError>,
) -> Form {
    let is_binary = |schema: Option<&Value>| {
        schema.and_then(|schema| schema.get("format")).is_some_and(|format| format == "binary")
    };
    let mut form = Form::new();
    for (name, value) in members {
        let schema = check.property(&name);
        let media_type = plan.part_types.get(name.as_str()).map(AsRef::as_ref);
        let style = plan.field_styles.get(name.as_str()).copied();
        let pointer = validation_errors::pointer("", &name);
        let items = schema.and_then(|schema| schema.get("items"));
        let value = match (style, value) {
            (Some(FieldStyle::Joined(separator)), Value::Array(items)) => {
                Value::String(joined(&items, separator))
            }
            (_, value) => value,
        };
        match value {
            Value::Array(files) if is_binary(items) => {
                for (index, file) in files.iter().enumerate() {
                    form = add_file(form, &name, file, media_type, &format!("{pointer}/{index}"), problems);
                }
            }
            value if is_binary(schema) => {
                form = add_file(form, &name, &value, media_type, &pointer, problems);
            }
            // A list with its own media type is a single part.
            Value::Array(items) if media_type.is_none() => {
                form = items.iter().fold(form, |form, item| add_field(form, &name, item, None));
            }
            value => form = add_field(form, &name, &value, media_type),
        }
    }
    form
}

fn add_field(form: Form, name: &str, value: &Value, media_type: Option<&str>) -> Form {
    match (media_type, value) {
        (Some(media_type), value) => form.text_field_with_media_type(name, media_type, to_text(value)),
        (None, Value::Object(_) | Value::Array(_)) => form.json_field(name, value),
        (None, value) => form.text_field(name, to_text(value)),
    }
}

fn add_file(
    form: Form,
    name: &str,
    value: &Value,
    media_type: Option<&str>,
    pointer: &str,
    problems: &mut Vec<FieldError>,
) -> Form {
    let member = |member: &str| value.get(member).and_then(Value::as_str);
    let content = STANDARD.decode(member("content_base64").unwrap_or_default().trim());
    match (member("file_name"), content) {
        (Some(file_name), Ok(bytes)) => {
            return match member("media_type").or(media_type) {
                Some(media_type) => form.file_with_media_type(name, file_name, media_type, bytes),
                None => form.file(name, file_name, bytes),
            };
        }
        (None, _) => problems.push(FieldError::new(
            format!("{pointer}/file_name"),
            "missing",
            "expected a file as {\"file_name\", \"media_type\", \"content_base64\"}",
        )),
        (_, Err(error)) => problems.push(FieldError::new(
            format!("{pointer}/content_base64"),
            "format",
            format!("expected base64: {error}"),
        )),
    }
    form
}
