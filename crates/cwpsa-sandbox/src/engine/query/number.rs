//! Parses and compares numbers in queries and records.

use std::cmp::Ordering;
use std::fmt;

use connectwise_psa::runtime::serde_json;

/// A number; integers are exact.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum QueryNumber {
    /// An integer.
    Integer(i64),
    /// Any other number.
    Float(f64),
}

impl QueryNumber {
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text.parse() {
            Ok(whole) => Some(Self::Integer(whole)),
            Err(_) => text.parse().ok().filter(|number: &f64| number.is_finite()).map(Self::Float),
        }
    }

    /// Compares two numbers. Neither is infinite or NaN, so they are always ordered.
    pub(super) fn compare(self, other: Self) -> Ordering {
        let float = |number| match number {
            #[expect(
                clippy::cast_precision_loss,
                reason = "only compared with a number that is already a float"
            )]
            Self::Integer(whole) => whole as f64,
            Self::Float(broken) => broken,
        };
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => a.cmp(&b),
            (a, b) => float(a).partial_cmp(&float(b)).unwrap_or(Ordering::Equal),
        }
    }
}

impl fmt::Display for QueryNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(whole) => whole.fmt(f),
            Self::Float(broken) => broken.fmt(f),
        }
    }
}

impl From<&serde_json::Number> for QueryNumber {
    fn from(number: &serde_json::Number) -> Self {
        number.as_i64().map_or_else(|| Self::Float(number.as_f64().unwrap_or_default()), Self::Integer)
    }
}
