//! The parts of a query that refer to record fields: the filter, the order, and the fields to return. They are checked
//! against the records' fields when the request is sent, because only then are the API and the record type known.

use std::borrow::Cow;

use crate::filter::Filter;

/// The fields by which a query selects and sorts records, and the fields to return.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    pub(crate) filter: Option<Filter>,
    /// Field paths, with the parameters in which they are sent.
    pub(crate) paths: Vec<(&'static str, String)>,
    /// Parameters from a page position, which already include the conditions.
    pub(crate) resumed: Vec<String>,
}

impl Selection {
    /// Creates a selection with this filter.
    pub fn new(filter: Option<&Filter>) -> Self {
        Self { filter: filter.cloned(), ..Self::default() }
    }

    /// Adds the fields of a sort order, which is sent in the query parameter `name`.
    #[must_use]
    pub fn order(mut self, name: &'static str, order: &[SortField]) -> Self {
        self.paths.extend(order.iter().map(|order| (name, order.field.clone().into_owned())));
        self
    }

    /// Adds fields to return, which are sent in the query parameter `name`.
    #[must_use]
    pub fn fields(mut self, name: &'static str, fields: &[String]) -> Self {
        self.paths.extend(fields.iter().map(|field| (name, field.clone())));
        self
    }

    /// Returns true if and only if there is nothing to check.
    pub(crate) fn is_empty(&self) -> bool {
        self.filter.is_none() && self.paths.is_empty()
    }
}

/// A field to sort by, and the direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortField {
    field: Cow<'static, str>,
    descending: bool,
}

impl SortField {
    /// Sorts by `field`, smallest value first.
    pub fn ascending(field: impl Into<Cow<'static, str>>) -> Self {
        Self { field: field.into(), descending: false }
    }

    /// Sorts by `field`, largest value first.
    pub fn descending(field: impl Into<Cow<'static, str>>) -> Self {
        Self { field: field.into(), descending: true }
    }

    /// Returns the value of the query parameter, or `None` for an empty order.
    pub fn to_parameter(order: &[Self]) -> Option<String> {
        let fields = order.iter().map(|order| match order.descending {
            true => format!("{} desc", order.field),
            false => order.field.to_string(),
        });
        let text = fields.collect::<Vec<_>>().join(",");
        (!text.is_empty()).then_some(text)
    }
}
