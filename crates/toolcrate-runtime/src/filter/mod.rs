//! Structured filters: what a caller says as data becomes the text of a condition, quoted so that no value
//! can change what is asked. A wrong field, operator or value is told with its place and what would be right.
//!
//! The grammar is `field = "text" and (other/field > 5 or third in (1, 2))`; members of lists and custom fields
//! are asked for in parameters of their own.

mod parse;
mod table;
mod write;

use serde_json::Value;

use crate::{FieldError, FilterGrammar, QueryPairs};

pub(crate) use table::FilterTable;

/// Which query parameter a test goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Bucket {
    /// Conditions on the record.
    Record,
    /// Conditions on members of lists.
    Child,
    /// Conditions on custom fields.
    Custom,
}

/// A filter, understood.
#[derive(Clone, Debug, PartialEq)]
enum Expression {
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Test(Test),
}

/// A field compared with a value.
#[derive(Clone, Debug, PartialEq)]
struct Test {
    bucket: Bucket,
    /// The path of the field; of a custom field, its caption.
    field: String,
    operator: Operator,
    /// The value as the grammar writes it.
    literal: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Contains,
    NotContains,
    Like,
    NotLike,
    In,
    NotIn,
}

/// Puts the filter `value` of the argument at `pointer` into `pairs`, beside raw conditions that are there.
///
/// # Errors
/// Every problem, with a pointer into the argument.
pub(crate) fn apply(
    table: &FilterTable<'_>,
    grammar: &FilterGrammar,
    value: &Value,
    pointer: &str,
    pairs: &mut QueryPairs,
) -> Result<(), Vec<FieldError>> {
    let expression = parse::parse(table, grammar.custom_fields, value, pointer)?;
    for (bucket, text) in write::write(&expression) {
        let parameter = match bucket {
            Bucket::Record => grammar.conditions,
            Bucket::Child => grammar.child_conditions,
            Bucket::Custom => grammar.custom_field_conditions,
        };
        let both = match pairs.get(parameter).filter(|raw| !raw.trim().is_empty()) {
            Some(raw) => format!("({raw}) and ({text})"),
            None => text,
        };
        pairs.set(parameter, both);
    }
    Ok(())
}

#[cfg(test)]
mod grammar;
#[cfg(test)]
mod tests;
