//! The filter parameters of a list request, parsed once and evaluated for each record.

use std::cmp::Ordering;

use super::compile;
use super::error::QueryError;
use super::field_names::FieldNames;
use super::order_by::{self, SortKey};
use super::predicate::Predicate;
use super::syntax;
use super::value::QueryValue;

/// The decoded filter parameters of a list.
#[derive(Clone, Copy, Debug, Default)]
pub struct SearchParameters<'a> {
    /// `conditions`: tests of the record's fields.
    pub conditions: Option<&'a str>,
    /// `childConditions`: tests of fields in the record's lists; a single list item must pass all of them.
    pub child_conditions: Option<&'a str>,
    /// `customFieldConditions`: tests of the `caption` and `value` of custom fields.
    pub custom_field_conditions: Option<&'a str>,
    /// `orderBy`: comma-separated paths with `asc` or `desc`.
    pub order_by: Option<&'a str>,
}

/// The compiled filter parameters of a list.
#[derive(Clone, Debug, Default)]
pub struct RecordSearch {
    /// All of them must be true.
    conditions: Vec<Predicate>,
    order: Vec<SortKey>,
}

impl RecordSearch {
    /// Parses the parameters of a list whose records have the fields `names`.
    ///
    /// # Errors
    /// Returns an error for invalid syntax, an unknown name, or a value of the wrong type.
    pub fn parse(parameters: &SearchParameters<'_>, names: &dyn FieldNames) -> Result<Self, QueryError> {
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
            search.order = order_by::keys(text, names)?;
        }
        Ok(search)
    }

    /// Returns true if and only if a record matches.
    pub fn matches<D: QueryValue>(&self, record: &D) -> bool {
        self.conditions.iter().all(|node| node.holds(&[record.view()]))
    }

    /// Returns true if all records match, so [`matches`](Self::matches) doesn't have to be called.
    pub fn matches_all(&self) -> bool {
        self.conditions.is_empty()
    }

    /// Compares two records by `orderBy`. Without it they are equal, so a stable sort keeps the ID order.
    /// Null sorts before every other value.
    pub fn compare<D: QueryValue>(&self, a: &D, b: &D) -> Ordering {
        self.order.iter().map(|key| key.compare(a, b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }

    /// Returns true if an order was requested.
    pub fn has_order(&self) -> bool {
        !self.order.is_empty()
    }
}

/// Returns a parameter unless it is blank.
fn given(parameter: Option<&str>) -> Option<&str> {
    parameter.filter(|text| !text.trim().is_empty())
}
