//! The API's query language: which records a list shows, in which order, with which members.
//!
//! A list's parameters are parsed and checked once into a [`Search`], which is then asked about each record
//! where it lies: paths, literals and patterns are made ready beforehand, and no record is copied. Records are
//! JSON or any other form of [`Data`]. A
//! [`Projection`] makes the `fields` parameter's answer, the only copy.
//!
//! The grammar, letter case never mattering:
//!
//! ```text
//! conditions = all { "or" all } ;          all = part { "and" part } ;
//! part       = "(" conditions ")" | name operator value ;
//! operator   = "=" | "!=" | "<" | "<=" | ">" | ">=" | ["not"] ("contains" | "like" | "in") ;
//! value      = text in either quotes | number | "true" | "false" | "null" | "[" date "]"
//!            | "(" value { "," value } ")" after "in" ;
//! ```
//!
//! A name is a path of members (`company/name`). In `like`, `*` and `%` stand for any text. Null follows
//! databases: nothing but `= null` holds for it, so `summary != "x"` finds no record without a summary. That
//! is an inference from the API's backend; it has no documentation.

mod check;
mod compile;
mod data;
mod date;
mod error;
mod names;
mod node;
mod operand;
mod order;
mod path;
mod projection;
mod syntax;
mod text;

use std::cmp::Ordering;

pub use data::{Data, View};
pub use error::QueryError;
pub use names::{Kind, Names};
pub use operand::Number;
pub use projection::Projection;

use node::Node;
use order::Key;

/// The filter parameters of a list as they came, decoded.
#[derive(Clone, Copy, Debug, Default)]
pub struct SearchText<'a> {
    /// `conditions`: tests on members of the record.
    pub conditions: Option<&'a str>,
    /// `childConditions`: tests on members of the record's lists; a record is found if one item of a list
    /// passes all of them.
    pub child_conditions: Option<&'a str>,
    /// `customFieldConditions`: tests on `caption` and `value` of custom fields.
    pub custom_field_conditions: Option<&'a str>,
    /// `orderBy`: paths with `asc` or `desc`, between commas.
    pub order_by: Option<&'a str>,
}

/// All of the filter parameters of a list, understood.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// All of them must hold.
    conditions: Vec<Node>,
    order: Vec<Key>,
}

impl Search {
    /// Reads the parameters of a list whose records have `names`.
    ///
    /// # Errors
    /// Text that is not in the grammar, a name that is not known, and a value that doesn't fit its name.
    pub fn parse(parameters: &SearchText<'_>, names: &dyn Names) -> Result<Self, QueryError> {
        let mut search = Self::default();
        if let Some(text) = given(parameters.conditions) {
            let expression = syntax::conditions(text, "conditions")?;
            search.conditions.push(compile::record(&expression, names)?);
        }
        if let Some(text) = given(parameters.child_conditions) {
            let expression = syntax::conditions(text, "childConditions")?;
            search.conditions.push(compile::children(&expression, names)?);
        }
        if let Some(text) = given(parameters.custom_field_conditions) {
            let expression = syntax::conditions(text, "customFieldConditions")?;
            search.conditions.push(compile::custom_fields(&expression)?);
        }
        if let Some(text) = given(parameters.order_by) {
            search.order = order::keys(text, names)?;
        }
        Ok(search)
    }

    /// Whether a record is asked for.
    pub fn matches<D: Data>(&self, record: &D) -> bool {
        self.conditions.iter().all(|node| node.holds(&[record.view()]))
    }

    /// Whether all records are asked for, so that [`matches`](Self::matches) need not be called.
    pub fn matches_all(&self) -> bool {
        self.conditions.is_empty()
    }

    /// Which of two records comes first by `orderBy`; equal where it says nothing, so a stable sort keeps the
    /// order of ids. Null comes before every value.
    pub fn compare<D: Data>(&self, a: &D, b: &D) -> Ordering {
        self.order.iter().map(|key| key.compare(a, b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }

    /// Whether an order is asked for.
    pub fn has_order(&self) -> bool {
        !self.order.is_empty()
    }
}

/// A parameter, unless there is nothing in it.
fn given(parameter: Option<&str>) -> Option<&str> {
    parameter.filter(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests;
