//! Values of a query, made ready to be compared with values of records.

use std::cmp::Ordering;

use super::case_folding;
use super::moment::QueryMoment;
use super::number::QueryNumber;
use super::value::ValueView;

/// What a value is compared with.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum QueryOperand {
    /// Folded.
    Text(Box<str>),
    Number(QueryNumber),
    Boolean(bool),
    Date {
        moment: QueryMoment,
        /// The moment as records write it, where it has whole seconds: both compare as bytes.
        canonical: Option<Box<str>>,
    },
    /// What can be anything, as the value of a custom field: each reading that quoted text has. Text is
    /// compared with its text, a number or truth with what the text says.
    Various(Vec<QueryOperand>),
}

impl QueryOperand {
    /// How a value of a record stands to the operand; nothing where they are of different kinds, null with
    /// all.
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
            (Self::Date { canonical: Some(canonical), .. }, ValueView::Text(value)) if in_form(value) => {
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

    /// How two operands of one kind stand to each other.
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

/// Whether a date is in the form that the API writes: `2024-01-31T08:00:00Z`.
fn in_form(value: &str) -> bool {
    let bytes = value.as_bytes();
    bytes.len() == 20
        && bytes[0].is_ascii_digit()
        && bytes[4] == b'-'
        && bytes[10] == b'T'
        && bytes[13] == b':'
        && bytes[19] == b'Z'
}

/// How two values of records stand to each other in a list: null first, then truth, numbers, text.
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
