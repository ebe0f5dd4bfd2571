//! Chooses the types of integers and strings based on their declared formats and limits.

use openapiv3::{AnySchema, StringFormat, StringType, VariantOrUnknownOrEmpty};

use crate::ir::{DATE_FORMAT, Type};

/// Returns the type of an integer.
pub(super) fn integer_type(any: &AnySchema) -> Type {
    // 2^63, the smallest value that doesn't fit in a signed integer.
    let is_big = any.maximum.is_some_and(|maximum| maximum >= 9_223_372_036_854_775_808.0);
    match any.format.as_deref() {
        Some("int32") => Type::Integer,
        Some("uint64") => Type::Unsigned,
        _ if is_big && any.minimum.is_some_and(|minimum| minimum >= 0.0) => Type::Unsigned,
        _ => Type::Long,
    }
}

/// Returns the type of a string.
pub(super) fn text_type(text: &StringType) -> Type {
    let values: Vec<String> = text.enumeration.iter().flatten().cloned().collect();
    if !values.is_empty() {
        return Type::Choice(values);
    }
    match &text.format {
        VariantOrUnknownOrEmpty::Item(StringFormat::DateTime) => Type::DateTime,
        VariantOrUnknownOrEmpty::Item(StringFormat::Date) => Type::Text(Some(DATE_FORMAT.to_owned())),
        VariantOrUnknownOrEmpty::Item(StringFormat::Binary) => Type::Binary,
        VariantOrUnknownOrEmpty::Item(StringFormat::Byte) => Type::Text(Some("byte".to_owned())),
        VariantOrUnknownOrEmpty::Item(StringFormat::Password) => Type::Text(Some("password".to_owned())),
        VariantOrUnknownOrEmpty::Unknown(format) => Type::Text(Some(format.clone())),
        VariantOrUnknownOrEmpty::Empty => Type::Text(None),
    }
}
