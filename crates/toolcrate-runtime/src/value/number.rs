//! Numbers that are written exactly as they were read.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde_core::de::{Deserialize, Deserializer, Visitor};
use serde_core::ser::{Serialize, Serializer};

use super::error::InvalidValueError;

/// Numbers with more digits after the decimal point are stored as floats.
const MAX_SCALE: u8 = 18;

/// A number that keeps the server's digits: `1.10` is written as `1.10`, and `5` as `5`.
///
/// It represents any decimal number of up to 18 digits exactly, which covers amounts, rates and quantities; any other
/// number is stored as an `f64`. It converts to and from `f64` and, with the `rust_decimal` feature, `Decimal`. `1.10`
/// and `1.1` are equal.
///
/// ```
/// use toolcrate_runtime::Number;
///
/// let price: Number = "1.10".parse()?;
/// assert_eq!(price.to_string(), "1.10");
/// assert_eq!(price, Number::from(1.1));
/// assert_eq!(price.as_f64(), 1.1);
/// # Ok::<(), toolcrate_runtime::InvalidValueError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Number(Repr);

#[derive(Clone, Copy)]
enum Repr {
    /// `digits` / 10^`scale`.
    Decimal {
        digits: i64,
        scale: u8,
    },
    Float(f64),
}

impl Number {
    /// Returns the number as a float, rounded if necessary.
    pub fn as_f64(self) -> f64 {
        match self.0 {
            Repr::Decimal { digits, scale: 0 } => digits as f64,
            // The quotient of two exact floats is rounded correctly; beyond that, parsing the text is.
            Repr::Decimal { digits, scale } if digits.unsigned_abs() < 1 << 53 && scale <= 22 => {
                digits as f64 / 10_f64.powi(scale.into())
            }
            Repr::Decimal { .. } => self.to_string().parse().unwrap_or(f64::NAN),
            Repr::Float(value) => value,
        }
    }

    /// Returns the number if it is an integer and fits.
    pub fn as_i64(self) -> Option<i64> {
        match self.0 {
            Repr::Decimal { digits, scale } => {
                let unit = 10_i64.pow(scale.into());
                (digits % unit == 0).then_some(digits / unit)
            }
            Repr::Float(_) => None,
        }
    }

    /// Returns the digits without the decimal point, and how many of them come after it, if the number is exact.
    pub(crate) fn parts(self) -> Option<(i64, u8)> {
        match self.0 {
            Repr::Decimal { digits, scale } => Some((digits, scale)),
            Repr::Float(_) => None,
        }
    }

    #[cfg(feature = "rust_decimal")]
    pub(super) const fn from_parts(digits: i64, scale: u8) -> Self {
        Self(Repr::Decimal { digits, scale })
    }

    /// Parses a JSON number.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let decimal = parse_decimal(text.as_bytes());
        decimal.or_else(|| {
            // Rust also parses floats that aren't JSON: words, a plus sign, a bare decimal point.
            let is_json = text.starts_with(|c: char| c == '-' || c.is_ascii_digit())
                && text.ends_with(|c: char| c.is_ascii_digit());
            let value: f64 = text.parse().ok().filter(|value: &f64| is_json && value.is_finite())?;
            Some(Self(Repr::Float(value)))
        })
    }
}

fn parse_decimal(text: &[u8]) -> Option<Number> {
    let (negative, digits) = match text.split_first()? {
        (b'-', digits) => (true, digits),
        _ => (false, text),
    };
    if digits.len() > usize::from(MAX_SCALE) + 1 || !digits.first()?.is_ascii_digit() {
        return None;
    }
    let mut number = 0_i64;
    let mut scale = None;
    for byte in digits {
        match byte {
            b'0'..=b'9' => {
                number = number.checked_mul(10)?.checked_add((byte - b'0').into())?;
                scale = scale.map(|scale: u8| scale + 1);
            }
            b'.' if scale.is_none() => scale = Some(0),
            _ => return None,
        }
    }
    // `-0` has a sign, unlike an integer.
    if scale == Some(0) || (negative && number == 0) {
        return None;
    }
    let digits = if negative { -number } else { number };
    Some(Number(Repr::Decimal { digits, scale: scale.unwrap_or(0) }))
}

impl Default for Number {
    fn default() -> Self {
        Self(Repr::Decimal { digits: 0, scale: 0 })
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Repr::Decimal { digits, scale: 0 } => fmt::Display::fmt(&digits, f),
            Repr::Decimal { digits, scale } => {
                let unit = 10_u64.pow(scale.into());
                let (whole, part) = (digits.unsigned_abs() / unit, digits.unsigned_abs() % unit);
                let text = format!("{whole}.{part:0width$}", width = usize::from(scale));
                f.pad_integral(digits >= 0, "", &text)
            }
            Repr::Float(value) => fmt::Debug::fmt(&value, f),
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Number {
    type Err = InvalidValueError;

    fn from_str(text: &str) -> Result<Self, InvalidValueError> {
        Self::parse(text).ok_or_else(|| InvalidValueError::new("a number such as 1.10", text))
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        let (Some((a, a_scale)), Some((b, b_scale))) = (self.parts(), other.parts()) else {
            return self.as_f64().partial_cmp(&other.as_f64());
        };
        let scale = a_scale.max(b_scale);
        let scaled = |digits: i64, own: u8| i128::from(digits) * 10_i128.pow((scale - own).into());
        Some(scaled(a, a_scale).cmp(&scaled(b, b_scale)))
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

macro_rules! from_integer {
    ($($type:ty),*) => {$(
        impl From<$type> for Number {
            fn from(number: $type) -> Self {
                Self(Repr::Decimal { digits: number.into(), scale: 0 })
            }
        }
    )*};
}

from_integer!(i8, i16, i32, i64, u8, u16, u32);

/// Converts to the shortest decimal number that represents the float.
impl From<f64> for Number {
    fn from(number: f64) -> Self {
        Self::parse(&number.to_string()).unwrap_or(Self(Repr::Float(number)))
    }
}

impl From<Number> for f64 {
    fn from(number: Number) -> Self {
        number.as_f64()
    }
}

/// Numbers are written as integers or floats, which any format supports. In a request, they keep their original digits.
impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Repr::Decimal { digits, scale: 0 } => serializer.serialize_i64(digits),
            _ => serializer.serialize_f64(self.as_f64()),
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberVisitor)
    }
}

struct NumberVisitor;

impl Visitor<'_> for NumberVisitor {
    type Value = Number;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_i64<E>(self, value: i64) -> Result<Number, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Number, E> {
        Ok(i64::try_from(value).map_or(Number(Repr::Float(value as f64)), Number::from))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Number, E> {
        Ok(value.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_round_trip_exactly() {
        for text in [
            "0",
            "5",
            "-5",
            "1.10",
            "5.0",
            "-0.05",
            "0.000",
            "123456789.123456789",
            "1000000000000000000",
            "9999999999999.99",
        ] {
            let number: Number = text.parse().unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(number.to_string(), text);
            assert_eq!(number.as_f64(), text.parse::<f64>().expect("a float"), "{text}");
        }
        for text in ["", "-", ".5", "5.", "1.2.3", "x", "NaN", "inf", "+1", "1 "] {
            assert!(text.parse::<Number>().is_err(), "{text}");
        }
        for (text, float) in
            [("1e3", 1e3), ("1.5E-7", 1.5e-7), ("123456789012345678901", 123_456_789_012_345_678_901.0)]
        {
            assert_eq!(text.parse::<Number>().expect("a number").as_f64(), float, "{text}");
        }
    }

    #[test]
    fn numbers_compare_by_value() {
        let number = |text: &str| text.parse::<Number>().expect("a number");
        assert_eq!(number("1.10"), number("1.1"));
        assert_eq!(number("5.0"), Number::from(5));
        assert_eq!(Number::from(0.1), number("0.10"));
        assert!(number("-0.05") < number("0") && number("1e3") > number("999.99"));
        assert_eq!((number("5.00").as_i64(), number("5.01").as_i64()), (Some(5), None));
        assert_eq!(f64::from(Number::from(12.75)), 12.75);
    }

    #[test]
    fn numbers_are_integers_or_floats_in_any_format() {
        let json =
            |text: &str| serde_json::to_string(&text.parse::<Number>().expect("a number")).expect("JSON");
        assert_eq!((json("5"), json("1.10"), json("1e3")), ("5".into(), "1.1".into(), "1000.0".into()));
        assert_eq!(serde_json::from_str::<Number>("1.25").expect("a number"), Number::from(1.25));
        assert_eq!(
            serde_json::from_str::<Number>("18446744073709551615").expect("a number").as_f64(),
            u64::MAX as f64
        );
    }
}
