//! Finds the overlay's description for an argument or field by its name and type.

use super::context::Context;
use crate::ir::Type;

/// Returns the type, as named in argument patterns.
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

/// Returns the description of arguments with this name and type. A more specific pattern takes precedence.
pub fn words_by_name<'a>(context: &Context<'a>, name: &str, ty: &Type) -> Option<&'a str> {
    context.argument_words(kind(ty), name).map(|words| words.words.as_str())
}
