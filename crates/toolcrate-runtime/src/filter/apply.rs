//! Applies the JSON filters in tool arguments.

use serde_json::Value;

use super::join::add_conditions;
use super::parse;
use super::table::FilterTable;
use crate::api::FilterGrammar;
use crate::error::FieldError;
use crate::query_pairs::QueryPairs;

/// Compiles the filter `value` of the argument at `pointer` into `pairs`, in addition to any raw conditions there.
///
/// # Errors
/// Returns every problem, with a pointer into the argument.
pub(crate) fn apply(
    table: &FilterTable<'_>,
    grammar: &FilterGrammar,
    value: &Value,
    pointer: &str,
    pairs: &mut QueryPairs,
) -> Result<(), Vec<FieldError>> {
    let expression = parse::parse(table, grammar.custom_fields, value, pointer)?;
    add_conditions(&expression, grammar, &[], pairs)
}

/// Returns the problems in the filter `value` of the argument at `pointer`.
pub(crate) fn problems(
    table: &FilterTable<'_>,
    grammar: &FilterGrammar,
    value: &Value,
    pointer: &str,
) -> Vec<FieldError> {
    parse::parse(table, grammar.custom_fields, value, pointer).err().unwrap_or_default()
}
