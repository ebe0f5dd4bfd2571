//! Values of a query, made ready to be compared with values of records.

use std::cmp::Ordering;
use std::fmt;

use connectwise_psa::runtime::Value;
use connectwise_psa::runtime::serde_json;

use super::date::Moment;
use super::text;

/// A number: exact where it is whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    Whole(i64),
    Broken(f64),
}

impl Number {
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text.parse() {
            Ok(whole) => Some(Self::Whole(whole)),
            Err(_) => text.parse().ok().filter(|number: &f64| number.is_finite()).map(Self::Broken),
        }
    }

    fn of(number: &serde_json::Number) -> Self {
        number.as_i64().map_or_else(|| Self::Broken(number.as_f64().unwrap_or_default()), Self::Whole)
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
    pub(super) fn order(&self, value: &Value) -> Option<Ordering> {
        match (self, value) {
            (Self::Text(folded), Value::String(value)) => Some(text::compare(value, folded)),
            (Self::Text(folded), Value::Number(value)) => Some(text::compare(&value.to_string(), folded)),
            (Self::Number(number), Value::Number(value)) => Some(Number::of(value).compare(*number)),
            (Self::Number(number), Value::String(value)) => {
                Some(Number::parse(value.trim())?.compare(*number))
            }
            (Self::Boolean(boolean), Value::Bool(value)) => Some(value.cmp(boolean)),
            (Self::Date { canonical: Some(canonical), .. }, Value::String(value)) if in_form(value) => {
                Some(value.as_str().cmp(canonical))
            }
            (Self::Date { moment, .. }, Value::String(value)) => Some(Moment::parse(value)?.cmp(moment)),
            (Self::Various(readings), value) => readings
                .iter()
                .filter(|reading| !(matches!(reading, Self::Number(_)) && value.is_string()))
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
pub(super) fn compare_values(a: &Value, b: &Value) -> Ordering {
    let rank = |value: &Value| match value {
        Value::Null | Value::Array(_) | Value::Object(_) => 0,
        Value::Bool(_) => 1,
        Value::Number(_) => 2,
        Value::String(_) => 3,
    };
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Number(a), Value::Number(b)) => Number::of(a).compare(Number::of(b)),
        (Value::String(a), Value::String(b)) => text::compare(a, b),
        (a, b) => rank(a).cmp(&rank(b)),
    }
}
