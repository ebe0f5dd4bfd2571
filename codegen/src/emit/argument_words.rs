//! Overlay descriptions of arguments and fields, by name and type.

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
    let kind = kind(ty);
    let by_name = context.overlay.arguments_by_name.iter().filter(|words| words.name.covers(name, kind));
    let words = by_name.max_by_key(|words| words.name.narrowness())?;
    context.ledger.mark(words.entry());
    Some(&words.words)
}
