//! Describes types, bodies and responses in words, for the sentences in reports.

use toolcrate_codegen::ir::{BodyKind, Content, SuccessResponse, Type};

/// Returns the `values` that aren't among `others`.
pub fn missing<'a>(values: &'a [String], others: &'a [String]) -> impl Iterator<Item = &'a String> {
    values.iter().filter(|value| !others.contains(value))
}

/// Returns the enum values of `ty`, its items or its map values. Changes to a named enum are reported at its
/// schema.
pub fn enum_values(ty: &Type) -> Option<&[String]> {
    match ty {
        Type::Choice(values) => Some(values),
        Type::List(inner) | Type::Map(inner) => enum_values(inner),
        _ => None,
    }
}

/// Maximum number of enum values shown.
const MAX_SHOWN_VALUES: usize = 8;

/// Describes a type in words.
pub fn describe(ty: &Type) -> String {
    match ty {
        Type::Boolean => "true or false".to_owned(),
        Type::Integer => "an integer".to_owned(),
        Type::Long => "a 64 bit integer".to_owned(),
        Type::Unsigned => "a 64 bit integer that is not negative".to_owned(),
        Type::Number => "a number".to_owned(),
        Type::Text(None) => "text".to_owned(),
        Type::Text(Some(format)) => format!("text ({format})"),
        Type::DateTime => "a date with time".to_owned(),
        Type::Binary => "a file".to_owned(),
        Type::Choice(values) => {
            let mut shown: Vec<String> =
                values.iter().take(MAX_SHOWN_VALUES).map(|value| format!("\"{value}\"")).collect();
            if values.len() > MAX_SHOWN_VALUES {
                shown.push(format!("{} more", values.len() - MAX_SHOWN_VALUES));
            }
            format!("one of {}", shown.join(", "))
        }
        Type::Named(name) => name.to_string(),
        Type::List(item) => format!("a list of {}", describe(item)),
        Type::Map(value) => format!("a map of {}", describe(value)),
        Type::Any => "any value".to_owned(),
    }
}

/// Describes the format of a body in words.
pub fn describe_body_kind(kind: BodyKind) -> &'static str {
    match kind {
        BodyKind::Json => "JSON",
        BodyKind::Patch => "a JSON Patch",
        BodyKind::Multipart => "a form with files",
        BodyKind::UrlEncoded => "a URL-encoded form",
        BodyKind::Raw => "text or bytes",
    }
}

/// Describes the format of a response in words. A vendor-specific JSON media type counts as JSON.
pub fn describe_response(response: &SuccessResponse) -> String {
    match (&response.content, &response.media_type) {
        (Content::None, _) => "nothing".to_owned(),
        (Content::Json(_), _) => "JSON".to_owned(),
        (Content::Binary, Some(media)) => format!("a file ({media})"),
        (Content::Binary, None) => "bytes".to_owned(),
    }
}
