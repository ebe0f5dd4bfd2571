//! Adds a filter's conditions to a query, in addition to any raw conditions.

use super::expression::{Bucket, Expression};
use super::{raw, write};
use crate::api::FilterGrammar;
use crate::error::FieldError;
use crate::patch::escape;
use crate::query_pairs::QueryPairs;

/// Adds a filter's conditions to `pairs`, except to the parameters in `settled`.
///
/// # Errors
/// Returns the parameters whose raw conditions can't be combined with the filter.
pub(crate) fn add_conditions(
    expression: &Expression,
    grammar: &FilterGrammar,
    settled: &[String],
    pairs: &mut QueryPairs,
) -> Result<(), Vec<FieldError>> {
    let mut problems = Vec::new();
    for (bucket, text) in write::write(expression) {
        let parameter = match bucket {
            Bucket::Record => grammar.conditions,
            Bucket::Child => grammar.child_conditions,
            Bucket::Custom => grammar.custom_field_conditions,
        };
        if settled.iter().any(|name| name == parameter) {
            continue;
        }
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

/// Creates the error for raw conditions that can't be combined with a filter.
fn unreadable_conditions(parameter: &str, filter: &str, error: &raw::ConditionsError) -> FieldError {
    let message = format!("can't be combined with \"{filter}\": {error}");
    FieldError::new(format!("/{}", escape(parameter)), "conditions", message)
}
