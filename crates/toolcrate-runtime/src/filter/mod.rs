//! Structured filters: compiles a filter that is written as data to the text of conditions, quoted so that no value can
//! change the query. A wrong field, operator or value is reported with its JSON pointer and what would be right.
//!
//! The grammar is `field = "text" and (other/field > 5 or third in (1, 2))`; conditions on the items of lists and on custom
//! fields go to parameters of their own.

mod expression;
mod flatten;
mod parse;
mod raw;
mod table;
mod write;

use serde_json::Value;

use crate::api::FilterGrammar;
use crate::error::FieldError;
use crate::patch::escape;
use crate::query::QueryPairs;
use expression::Bucket;

pub(crate) use flatten::flatten;
pub(crate) use raw::check as check_conditions;
pub(crate) use table::FilterTable;

/// Compiles the filter `value` of the argument at `pointer` into `pairs`, in addition to raw conditions that they have.
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
    let mut problems = Vec::new();
    for (bucket, text) in write::write(&expression) {
        let parameter = match bucket {
            Bucket::Record => grammar.conditions,
            Bucket::Child => grammar.child_conditions,
            Bucket::Custom => grammar.custom_field_conditions,
        };
        let both = match pairs.get(parameter).filter(|raw| !raw.trim().is_empty()) {
            Some(raw) => {
                if let Err(error) = raw::check(raw) {
                    problems.push(unreadable_conditions(parameter, grammar.argument, &error));
                    continue;
                }
                format!("({raw}) and ({text})")
            }
            None => text,
        };
        pairs.set(parameter, both);
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// Creates the error of raw conditions that can't be combined with a filter.
fn unreadable_conditions(parameter: &str, filter: &str, error: &raw::ConditionsError) -> FieldError {
    let message = format!("can't be combined with \"{filter}\": {error}");
    FieldError::new(format!("/{}", escape(parameter)), "conditions", message)
}

/// The problems of the filter `value` of the argument at `pointer`.
pub(crate) fn problems(
    table: &FilterTable<'_>,
    grammar: &FilterGrammar,
    value: &Value,
    pointer: &str,
) -> Vec<FieldError> {
    parse::parse(table, grammar.custom_fields, value, pointer).err().unwrap_or_default()
}

#[cfg(test)]
mod grammar;
#[cfg(test)]
mod tests;
