//! The overlay's words on arguments and fields, by name and type.

use super::context::Context;
use crate::ir::Type;

/// The types that patterns of arguments know.
pub fn kind(ty: &Type) -> &'static str {
    match ty {
        Type::Boolean => "boolean",
        Type::Integer | Type::Long | Type::Unsigned => "integer",
        Type::Number => "number",
        Type::Text(_) | Type::DateTime => "string",
        Type::Choice(_) => "enum",
        Type::List(_) => "array",
        Type::Binary | Type::Named(_) | Type::Map(_) | Type::Any => "object",
    }
}

/// Returns the description of arguments of this name and type. A narrow pattern takes precedence over a wide one.
pub fn words_by_name<'a>(context: &Context<'a>, name: &str, ty: &Type) -> Option<&'a str> {
    context.argument_words(kind(ty), name).map(|words| words.words.as_str())
}
