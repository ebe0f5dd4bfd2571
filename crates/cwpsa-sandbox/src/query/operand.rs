//! Values of a query, made ready to be compared with values of records.

use std::cmp::Ordering;
use std::fmt;

use super::data::View;
use super::date::Moment;
use super::text;

/// A number: exact where it is whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// A whole number.
    Whole(i64),
    /// Any other.
    Broken(f64),
}

impl Number {
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text.parse() {
            Ok(whole) => Some(Self::Whole(whole)),
            Err(_) => text.parse().ok().filter(|number: &f64| number.is_finite()).map(Self::Broken),
        }
    }

    /// Neither is infinite or no number, so there always is an order.
    fn compare(self, other: Self) -> Ordering {
        let float = |number| match number {
            #[expect(clippy::cast_precision_loss, reason = "only beside a number that is a float already")]
            Self::Whole(whole) => whole as f64,
            Self::Broken(broken) => broken,
        };
        match (self, other) {
            (Self::Whole(a), Self::Whole(b)) => a.cmp(&b),
            (a, b) => float(a).partial_cmp(&float(b)).unwrap_or(Ordering::Equal),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(whole) => whole.fmt(f),
            Self::Broken(broken) => broken.fmt(f),
        }
    }
}

/// What a value is compared with.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand {
    /// Folded.
    Text(Box<str>),
    Number(Number),
    Boolean(bool),
    Date {
        moment: Moment,
        /// The moment as records write it, where it has whole seconds: both compare as bytes.
        canonical: Option<Box<str>>,
    },
    /// What can be anything, as the value of a custom field: each reading that quoted text has. Text is
    /// compared with its text, a number or truth with what the text says.
    Various(Vec<Operand>),
}

impl Operand {
    /// How a value of a record stands to the operand; nothing where they are of different kinds, null with
    /// all.
    pub(super) fn order<D>(&self, value: View<'_, D>) -> Option<Ordering> {
        match (self, value) {
            (Self::Text(folded), View::Text(value)) => Some(text::compare(value, folded)),
            (Self::Text(folded), View::Number(value)) => Some(text::compare(&value.to_string(), folded)),
            (Self::Number(number), View::Number(value)) => Some(value.compare(*number)),
            (Self::Number(number), View::Text(value)) => Some(Number::parse(value.trim())?.compare(*number)),
            (Self::Boolean(boolean), View::Boolean(value)) => Some(value.cmp(boolean)),
            (Self::Date { canonical: Some(canonical), .. }, View::Text(value)) if in_form(value) => {
                Some(value.cmp(canonical))
            }
            (Self::Date { moment, .. }, View::Text(value)) => Some(Moment::parse(value)?.cmp(moment)),
            (Self::Various(readings), value) => readings
                .iter()
                .filter(|reading| !matches!((reading, value), (Self::Number(_), View::Text(_))))
                .find_map(|reading| reading.order(value)),
            _ => None,
        }
    }

    /// How two operands of one kind stand to each other.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => text::compare(a, b),
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
pub(super) fn compare_values<D>(a: View<'_, D>, b: View<'_, D>) -> Ordering {
    let rank = |value: View<'_, D>| match value {
        View::Null | View::List(_) | View::Object(_) => 0,
        View::Boolean(_) => 1,
        View::Number(_) => 2,
        View::Text(_) => 3,
    };
    match (a, b) {
        (View::Boolean(a), View::Boolean(b)) => a.cmp(&b),
        (View::Number(a), View::Number(b)) => a.compare(b),
        (View::Text(a), View::Text(b)) => text::compare(a, b),
        (a, b) => rank(a).cmp(&rank(b)),
    }
}
