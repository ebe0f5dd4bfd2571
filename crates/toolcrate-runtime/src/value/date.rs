//! Calendar dates.

use std::fmt;
use std::str::FromStr;

use serde_core::de::{Deserialize, Deserializer};
use serde_core::ser::{Serialize, Serializer};

use super::civil::{days_of_month, parse_date};
use super::error::InvalidValueError;

const MAX_YEAR: u16 = 9999;

/// A date such as `2025-01-31`, without a time or time zone.
///
/// It is parsed from a date, or from the start of one in UTC (`2025-01-31T00:00:00Z`), and is written as a date. It
/// converts to and from `time` types, and to and from `chrono` and `jiff` types with the features of these names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// Creates a date from a year (0 to 9999), month (1 to 12) and day of the month.
    ///
    /// # Errors
    /// Returns an error if the date doesn't exist.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, InvalidValueError> {
        if year <= MAX_YEAR && (1..=days_of_month(year.into(), month)).contains(&day) {
            return Ok(Self { year, month, day });
        }
        let found = format!("{year:04}-{month:02}-{day:02}");
        Err(InvalidValueError::new("a date with a year from 0 to 9999", found))
    }

    /// Returns the year.
    pub const fn year(self) -> u16 {
        self.year
    }

    /// Returns the month, from 1 to 12.
    pub const fn month(self) -> u8 {
        self.month
    }

    /// Returns the day of the month, from 1.
    pub const fn day(self) -> u8 {
        self.day
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (date, time) = text.split_at_checked(10)?;
        let is_start = matches!(time, "" | "T00:00:00" | "T00:00:00Z" | "T00:00:00.000Z" | "T00:00:00+00:00");
        let (year, month, day) = parse_date(date.as_bytes()).filter(|_| is_start)?;
        Some(Self { year, month, day })
    }
}

/// The start of 1970.
impl Default for Date {
    fn default() -> Self {
        Self { year: 1970, month: 1, day: 1 }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Date {
    type Err = InvalidValueError;

    fn from_str(text: &str) -> Result<Self, InvalidValueError> {
        Self::parse(text).ok_or_else(|| InvalidValueError::new("a date such as 2025-01-31", text))
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde_core::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_parsed_and_written() {
        for text in ["2025-01-31", "2025-01-31T00:00:00Z", "2025-01-31T00:00:00"] {
            assert_eq!(text.parse(), Date::new(2025, 1, 31), "{text}");
        }
        for text in ["", "2025-02-29", "2025-13-01", "2025-01-31T10:00:00Z", "31.01.2025", "2025-1-3"] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
        assert_eq!(Date::new(2024, 2, 29).map(|date| date.to_string()).as_deref(), Ok("2024-02-29"));
        assert!(Date::new(10_000, 1, 1).is_err() && Date::new(2025, 0, 1).is_err());
        assert_eq!(serde_json::to_string(&Date::default()).expect("JSON"), r#""1970-01-01""#);
    }
}
