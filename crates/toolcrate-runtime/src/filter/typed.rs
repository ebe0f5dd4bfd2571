//! Filters for typed requests: field comparisons, joined by `and`, `or` and `not`.

use std::borrow::Cow;

use super::expression::Operator;
use super::operand::{ComparedValue, FilterOperand};

/// The condition for the records to list or count.
///
/// Fields are named by their JSON path, such as `status/name`. Values are quoted by the API's own rules, so no value
/// can change the query. When the request is sent, the paths and value types are first checked against the records that
/// the operation returns; an unknown field is an error that suggests the nearest names.
///
/// ```
/// # use toolcrate_runtime::Filter;
/// let filter = Filter::field("status/name")
///     .eq("New")
///     .and(Filter::field("company").eq(842).or(Filter::field("summary").contains("printer")))
///     .and(Filter::custom_field("Region").eq("West"));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Filter(pub(super) FilterNode);

#[derive(Clone, Debug, PartialEq)]
pub(super) enum FilterNode {
    All(Vec<FilterNode>),
    Any(Vec<FilterNode>),
    Not(Box<FilterNode>),
    Test { target: FilterTarget, operator: Operator, operand: ComparedValue },
}

/// The left-hand side of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum FilterTarget {
    /// The path of a field.
    Field(Cow<'static, str>),
    /// The caption of a custom field.
    CustomField(Cow<'static, str>),
}

/// A field to be compared. See [`Filter::field`] and [`Filter::custom_field`].
#[derive(Clone, Debug)]
#[must_use = "a field alone is no filter; compare it with a value"]
pub struct FieldComparison(FilterTarget);

impl Filter {
    /// Compares the field at a path such as `status/name`. A reference such as `company` stands for its ID if it is
    /// compared with a number, and for its identifier or name if it is compared with a string.
    pub fn field(path: impl Into<Cow<'static, str>>) -> FieldComparison {
        FieldComparison(FilterTarget::Field(path.into()))
    }

    /// Compares the custom field with this caption.
    pub fn custom_field(caption: impl Into<Cow<'static, str>>) -> FieldComparison {
        FieldComparison(FilterTarget::CustomField(caption.into()))
    }

    /// Matches records that match all of `filters`. Without filters, matches everything.
    pub fn all(filters: impl IntoIterator<Item = Self>) -> Self {
        Self(FilterNode::All(filters.into_iter().map(|filter| filter.0).collect()))
    }

    /// Matches records that match at least one of `filters`. A request with an empty list is rejected before it is
    /// sent, because no query matches nothing.
    pub fn any(filters: impl IntoIterator<Item = Self>) -> Self {
        Self(FilterNode::Any(filters.into_iter().map(|filter| filter.0).collect()))
    }

    /// Matches records that match both filters.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match self.0 {
            FilterNode::All(mut nodes) => {
                nodes.push(other.0);
                Self(FilterNode::All(nodes))
            }
            node => Self(FilterNode::All(vec![node, other.0])),
        }
    }

    /// Matches records that match at least one of the filters.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match self.0 {
            FilterNode::Any(mut nodes) => {
                nodes.push(other.0);
                Self(FilterNode::Any(nodes))
            }
            node => Self(FilterNode::Any(vec![node, other.0])),
        }
    }
}

/// Matches records that don't match the filter.
impl std::ops::Not for Filter {
    type Output = Self;

    fn not(self) -> Self {
        Self(FilterNode::Not(Box::new(self.0)))
    }
}

impl FieldComparison {
    fn test(self, operator: Operator, operand: ComparedValue) -> Filter {
        Filter(FilterNode::Test { target: self.0, operator, operand })
    }

    /// Equals `value`.
    pub fn eq(self, value: impl Into<FilterOperand>) -> Filter {
        self.test(Operator::Equal, value.into().0)
    }

    /// Differs from `value`.
    pub fn ne(self, value: impl Into<FilterOperand>) -> Filter {
        self.test(Operator::NotEqual, value.into().0)
    }

    /// Is less than or before `value`.
    pub fn lt(self, value: impl Into<FilterOperand>) -> Filter {
        self.test(Operator::Less, value.into().0)
    }

    /// Is at most `value`.
    pub fn le(self, value: impl Into<FilterOperand>) -> Filter {
        self.test(Operator::LessOrEqual, value.into().0)
    }

    /// Is greater than or after `value`.
    pub fn gt(self, value: impl Into<FilterOperand>) -> Filter {
        self.test(Operator::Greater, value.into().0)
    }

    /// Is at least `value`.
    pub fn ge(self, value: impl Into<FilterOperand>) -> Filter {
        self.test(Operator::GreaterOrEqual, value.into().0)
    }

    /// Contains this text.
    pub fn contains(self, text: impl Into<String>) -> Filter {
        self.test(Operator::Contains, ComparedValue::Text(text.into()))
    }

    /// Matches a pattern in which the API's wildcard stands for any text, such as `Acme*`.
    pub fn like(self, pattern: impl Into<String>) -> Filter {
        self.test(Operator::Like, ComparedValue::Text(pattern.into()))
    }

    /// Equals one of `values`. A request with an empty list is rejected before it is sent, because no query matches
    /// nothing.
    pub fn is_in<T: Into<FilterOperand>>(self, values: impl IntoIterator<Item = T>) -> Filter {
        self.test(Operator::In, list(values))
    }

    /// Equals none of `values`.
    pub fn is_not_in<T: Into<FilterOperand>>(self, values: impl IntoIterator<Item = T>) -> Filter {
        self.test(Operator::NotIn, list(values))
    }

    /// Has no value.
    pub fn is_null(self) -> Filter {
        self.test(Operator::Equal, ComparedValue::Null)
    }

    /// Has a value.
    pub fn is_not_null(self) -> Filter {
        self.test(Operator::NotEqual, ComparedValue::Null)
    }
}

fn list<T: Into<FilterOperand>>(values: impl IntoIterator<Item = T>) -> ComparedValue {
    ComparedValue::List(values.into_iter().map(|value| value.into().0).collect())
}
