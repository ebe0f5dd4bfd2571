//! Timestamps in UTC.

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use serde_core::de::{Deserialize, Deserializer, Error, Visitor};
use serde_core::ser::{Serialize, Serializer};

use super::civil::{date_from_days, days_from_date, digits, parse_date};
use super::date::Date;
use super::error::InvalidValueError;
use crate::date::parse_moment;

const SECONDS_PER_DAY: i64 = 86_400;
const NANOSECONDS_PER_SECOND: u32 = 1_000_000_000;

/// A timestamp in UTC, such as `2025-01-31T09:30:00Z`.
///
/// It is parsed from any ISO 8601 format, with or without fractional seconds; a time without a zone is interpreted as
/// UTC. It is written in UTC and whole seconds. A fraction is included in comparisons and conversions, but isn't
/// written.
///
/// It converts to and from `time` types, and to and from `chrono` and `jiff` types with the features of these names.
///
/// ```
/// use std::time::Duration;
/// use toolcrate_runtime::Timestamp;
///
/// let start: Timestamp = "2025-01-31T10:30:00+01:00".parse()?;
/// assert_eq!(start.to_string(), "2025-01-31T09:30:00Z");
/// assert_eq!((start + Duration::from_secs(1800)).to_string(), "2025-01-31T10:00:00Z");
/// # Ok::<(), toolcrate_runtime::InvalidValueError>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    seconds: i64,
    nanoseconds: u32,
}

impl Timestamp {
    /// The start of 1970 in UTC.
    pub const UNIX_EPOCH: Self = Self { seconds: 0, nanoseconds: 0 };

    /// Returns the current time.
    pub fn now() -> Self {
        SystemTime::now().into()
    }

    /// Creates the timestamp this many seconds after the start of 1970.
    pub const fn from_unix_seconds(seconds: i64) -> Self {
        Self { seconds, nanoseconds: 0 }
    }

    /// Returns the seconds since the start of 1970, rounded down.
    pub const fn unix_seconds(self) -> i64 {
        self.seconds
    }

    /// Returns the nanoseconds since the last whole second.
    pub const fn subsecond_nanoseconds(self) -> u32 {
        self.nanoseconds
    }

    /// Returns the date in UTC, or `None` outside the years 0 to 9999.
    pub fn date(self) -> Option<Date> {
        let (year, month, day) = date_from_days(self.seconds.div_euclid(SECONDS_PER_DAY));
        Date::new(u16::try_from(year).ok()?, month, day).ok()
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Some(timestamp) = parse_canonical(text.as_bytes()) {
            return Some(timestamp);
        }
        let moment = parse_moment(text).or_else(|| parse_moment(&format!("{text}Z")))?;
        Some(Self { seconds: moment.unix_timestamp(), nanoseconds: moment.nanosecond() })
    }

    pub(super) const fn from_parts(seconds: i64, nanoseconds: u32) -> Self {
        Self { seconds, nanoseconds }
    }

    fn from_nanoseconds(nanoseconds: i128) -> Self {
        let per_second = i128::from(NANOSECONDS_PER_SECOND);
        let seconds = nanoseconds.div_euclid(per_second).clamp(i64::MIN.into(), i64::MAX.into());
        Self { seconds: seconds as i64, nanoseconds: nanoseconds.rem_euclid(per_second) as u32 }
    }

    fn nanoseconds(self) -> i128 {
        i128::from(self.seconds) * i128::from(NANOSECONDS_PER_SECOND) + i128::from(self.nanoseconds)
    }
}

/// Parses the most common server format: `2025-01-31T09:30:00Z`.
fn parse_canonical(text: &[u8]) -> Option<Timestamp> {
    let (date, time) = text.split_at_checked(10)?;
    let [b'T', h1, h2, b':', m1, m2, b':', s1, s2, b'Z'] = *time else { return None };
    let (year, month, day) = parse_date(date)?;
    let (hour, minute, second) = (digits(&[h1, h2])?, digits(&[m1, m2])?, digits(&[s1, s2])?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let of_day = i64::from(hour) * 3_600 + i64::from(minute) * 60 + i64::from(second);
    let days = days_from_date(year.into(), month, day);
    Some(Timestamp::from_unix_seconds(days * SECONDS_PER_DAY + of_day))
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date_from_days(self.seconds.div_euclid(SECONDS_PER_DAY));
        let second = self.seconds.rem_euclid(SECONDS_PER_DAY);
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        match year {
            0..=9999 => write!(f, "{year:04}")?,
            _ => write!(f, "{year:+07}")?,
        }
        write!(f, "-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = InvalidValueError;

    fn from_str(text: &str) -> Result<Self, InvalidValueError> {
        let expected = "a date and time such as 2025-01-31T09:30:00Z";
        Self::parse(text).ok_or_else(|| InvalidValueError::new(expected, text))
    }
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        Self::from_nanoseconds(match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => after.as_nanos() as i128,
            Err(before) => -(before.duration().as_nanos() as i128),
        })
    }
}

impl TryFrom<Timestamp> for SystemTime {
    type Error = InvalidValueError;

    fn try_from(timestamp: Timestamp) -> Result<Self, InvalidValueError> {
        let distance = timestamp.nanoseconds().unsigned_abs();
        let per_second = u128::from(NANOSECONDS_PER_SECOND);
        let seconds = u64::try_from(distance / per_second).unwrap_or(u64::MAX);
        let distance = Duration::new(seconds, (distance % per_second) as u32);
        let time = match timestamp >= Timestamp::UNIX_EPOCH {
            true => Self::UNIX_EPOCH.checked_add(distance),
            false => Self::UNIX_EPOCH.checked_sub(distance),
        };
        time.ok_or_else(|| InvalidValueError::new("a timestamp that fits in a `SystemTime`", timestamp))
    }
}

/// The start of the day in UTC.
impl From<Date> for Timestamp {
    fn from(date: Date) -> Self {
        let days = days_from_date(date.year().into(), date.month(), date.day());
        Self::from_unix_seconds(days * SECONDS_PER_DAY)
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self::from_nanoseconds(self.nanoseconds() + duration.as_nanos() as i128)
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, duration: Duration) -> Self {
        Self::from_nanoseconds(self.nanoseconds() - duration.as_nanos() as i128)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TimestampVisitor)
    }
}

struct TimestampVisitor;

impl Visitor<'_> for TimestampVisitor {
    type Value = Timestamp;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a date and time")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Timestamp, E> {
        text.parse().map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_timestamp_format_is_parsed() {
        for (text, expected) in [
            ("2025-01-31T09:30:00Z", "2025-01-31T09:30:00Z"),
            ("2025-01-31T09:30:00.750Z", "2025-01-31T09:30:00Z"),
            ("2025-01-31T09:30:00.1234567+01:00", "2025-01-31T08:30:00Z"),
            ("2025-01-31T09:30:00", "2025-01-31T09:30:00Z"),
            ("2025-01-31 09:30", "2025-01-31T09:30:00Z"),
            ("2025-01-31", "2025-01-31T00:00:00Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
            ("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59Z"),
            ("2024-02-29T23:59:59-02:00", "2024-03-01T01:59:59Z"),
        ] {
            let timestamp: Timestamp = text.parse().unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(timestamp.to_string(), expected, "{text}");
        }
        for text in ["", "soon", "2025-02-30T00:00:00Z", "2025-01-31T25:00:00Z", "01/31/2025", "20250131"] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
        let error = "soon".parse::<Timestamp>().expect_err("not a time").to_string();
        assert_eq!(error, r#"expected a date and time such as 2025-01-31T09:30:00Z, got "soon""#);
    }

    #[test]
    fn fractional_seconds_are_compared_but_not_written() {
        let (early, late) = ("2025-01-31T09:30:00Z", "2025-01-31T09:30:00.5Z");
        let (early, late): (Timestamp, Timestamp) =
            (early.parse().expect("a time"), late.parse().expect("a time"));
        assert!(early < late);
        assert_eq!(late.subsecond_nanoseconds(), 500_000_000);
        assert_eq!(early + Duration::from_millis(500), late);
        assert_eq!(late - Duration::from_millis(500), early);
        assert_eq!(serde_json::to_string(&late).expect("JSON"), r#""2025-01-31T09:30:00Z""#);
        assert_eq!(serde_json::from_str::<Timestamp>(r#""2025-01-31T09:30:00Z""#).expect("a time"), early);
    }

    #[test]
    fn system_times_convert_before_and_after_1970() {
        for seconds in [-2, -1, 0, 1, 1_738_315_800] {
            for nanoseconds in [0, 1, 999_999_999] {
                let timestamp = Timestamp { seconds, nanoseconds };
                let time = SystemTime::try_from(timestamp).expect("a system time");
                assert_eq!(Timestamp::from(time), timestamp);
            }
        }
        assert!(Timestamp::now() > Timestamp::from(Date::new(2025, 1, 31).expect("a day")));
        assert_eq!(Timestamp::UNIX_EPOCH.date(), Date::new(1970, 1, 1).ok());
    }
}
