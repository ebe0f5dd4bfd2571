//! The values that a query compares fields with, in a form that is fast to compare.

use std::cmp::Ordering;

use super::case_folding;
use super::moment::QueryMoment;
use super::number::QueryNumber;
use super::value::ValueView;

/// The operand of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum QueryOperand {
    /// Case-folded text.
    Text(Box<str>),
    Number(QueryNumber),
    Boolean(bool),
    Date {
        moment: QueryMoment,
        /// The time in the format of records, if it has whole seconds: in this format, times compare as bytes.
        canonical: Option<Box<str>>,
    },
    /// A quoted literal for a value of any type, such as a custom field's: one operand for each type as which
    /// the literal can be parsed.
    Various(Vec<QueryOperand>),
}

impl QueryOperand {
    /// Compares a record's value with the operand; `None` if their types differ or the value is null.
    pub(super) fn order<D>(&self, value: ValueView<'_, D>) -> Option<Ordering> {
        match (self, value) {
            (Self::Text(folded), ValueView::Text(value)) => Some(case_folding::compare(value, folded)),
            (Self::Text(folded), ValueView::Number(value)) => {
                Some(case_folding::compare(&value.to_string(), folded))
            }
            (Self::Number(number), ValueView::Number(value)) => Some(value.compare(*number)),
            (Self::Number(number), ValueView::Text(value)) => {
                Some(QueryNumber::parse(value.trim())?.compare(*number))
            }
            (Self::Boolean(boolean), ValueView::Boolean(value)) => Some(value.cmp(boolean)),
            (Self::Date { canonical: Some(canonical), .. }, ValueView::Text(value))
                if is_canonical(value) =>
            {
                Some(value.cmp(canonical))
            }
            (Self::Date { moment, .. }, ValueView::Text(value)) => {
                Some(QueryMoment::parse(value)?.cmp(moment))
            }
            (Self::Various(readings), value) => readings
                .iter()
                .filter(|reading| !matches!((reading, value), (Self::Number(_), ValueView::Text(_))))
                .find_map(|reading| reading.order(value)),
            _ => None,
        }
    }

    /// Compares two operands of the same type.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => case_folding::compare(a, b),
            (Self::Number(a), Self::Number(b)) => a.compare(*b),
            (Self::Boolean(a), Self::Boolean(b)) => a.cmp(b),
            (Self::Date { moment: a, .. }, Self::Date { moment: b, .. }) => a.cmp(b),
            _ => Ordering::Equal,
        }
    }
}

/// Returns true if and only if a date is in the API's format: `2024-01-31T08:00:00Z`.
fn is_canonical(value: &str) -> bool {
    let bytes = value.as_bytes();
    bytes.len() == 20
        && bytes[0].is_ascii_digit()
        && bytes[4] == b'-'
        && bytes[10] == b'T'
        && bytes[13] == b':'
        && bytes[19] == b'Z'
}

/// Compares two record values for sorting: null first, then Booleans, numbers, text.
pub(super) fn compare_values<D>(a: ValueView<'_, D>, b: ValueView<'_, D>) -> Ordering {
    let rank = |value: ValueView<'_, D>| match value {
        ValueView::Null | ValueView::List(_) | ValueView::Object(_) => 0,
        ValueView::Boolean(_) => 1,
        ValueView::Number(_) => 2,
        ValueView::Text(_) => 3,
    };
    match (a, b) {
        (ValueView::Boolean(a), ValueView::Boolean(b)) => a.cmp(&b),
        (ValueView::Number(a), ValueView::Number(b)) => a.compare(b),
        (ValueView::Text(a), ValueView::Text(b)) => case_folding::compare(a, b),
        (a, b) => rank(a).cmp(&rank(b)),
    }
}
