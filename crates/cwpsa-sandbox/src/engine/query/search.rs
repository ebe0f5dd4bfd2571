//! The filter parameters of a list, parsed once and asked about each record.

use std::cmp::Ordering;

use super::compile;
use super::error::QueryError;
use super::field_names::FieldNames;
use super::order_by::{self, SortKey};
use super::predicate::Predicate;
use super::syntax;
use super::value::QueryValue;

/// The filter parameters of a list as they came, decoded.
#[derive(Clone, Copy, Debug, Default)]
pub struct SearchParameters<'a> {
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
pub struct RecordSearch {
    /// All of them must hold.
    conditions: Vec<Predicate>,
    order: Vec<SortKey>,
}

impl RecordSearch {
    /// Reads the parameters of a list whose records have `names`.
    ///
    /// # Errors
    /// Text that is not in the grammar, a name that is not known, and a value that doesn't fit its name.
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

    /// Whether a record is asked for.
    pub fn matches<D: QueryValue>(&self, record: &D) -> bool {
        self.conditions.iter().all(|node| node.holds(&[record.view()]))
    }

    /// Whether all records are asked for, so that [`matches`](Self::matches) need not be called.
    pub fn matches_all(&self) -> bool {
        self.conditions.is_empty()
    }

    /// Which of two records comes first by `orderBy`; equal where it says nothing, so a stable sort keeps the
    /// order of ids. Null comes before every value.
    pub fn compare<D: QueryValue>(&self, a: &D, b: &D) -> Ordering {
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
