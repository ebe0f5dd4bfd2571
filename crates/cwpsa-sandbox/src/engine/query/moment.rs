//! Parses and compares dates in queries and records.

use time::format_description::well_known::Rfc3339;
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};

/// A point in time, in seconds and nanoseconds since 1970 in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct QueryMoment {
    seconds: i64,
    nanoseconds: u32,
}

impl QueryMoment {
    /// Parses `2024-01-31`, and `2024-01-31T08:00:00` with or without seconds, a fraction, `Z` or an offset; a
    /// space may replace the `T`. A date without a time means midnight, and the default time zone is UTC.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let date = calendar_date(text.get(..10)?)?;
        let rest = &text[10..];
        if rest.is_empty() {
            return Some(Self::from(PrimitiveDateTime::new(date, Time::MIDNIGHT).assume_utc()));
        }
        let clock = rest.strip_prefix(['T', 't', ' '])?;
        let (clock, zone) = match clock.find(['Z', 'z', '+', '-']) {
            Some(at) => clock.split_at(at),
            None => (clock, "Z"),
        };
        let seconds = if clock.len() == 5 { ":00" } else { "" };
        let whole = format!("{}T{clock}{seconds}{}", &text[..10], zone.to_ascii_uppercase());
        OffsetDateTime::parse(&whole, &Rfc3339).ok().map(Self::from)
    }
}

impl QueryMoment {
    /// Formats the time like the API, `2024-01-31T08:00:00Z`; `None` if it has a fraction of a second or its
    /// year doesn't have four digits.
    pub(super) fn canonical(self) -> Option<String> {
        let moment = OffsetDateTime::from_unix_timestamp(self.seconds).ok()?;
        let ((year, month, day), (hour, minute, second)) = (moment.to_calendar_date(), moment.to_hms());
        ((0..=9999).contains(&year) && self.nanoseconds == 0).then(|| {
            let month = u8::from(month);
            format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
        })
    }
}

impl From<OffsetDateTime> for QueryMoment {
    fn from(moment: OffsetDateTime) -> Self {
        Self { seconds: moment.unix_timestamp(), nanoseconds: moment.nanosecond() }
    }
}

/// Parses `2024-01-31`.
fn calendar_date(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let number = |part: &str| -> Option<u16> {
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok()).flatten()
    };
    let month = Month::try_from(u8::try_from(number(text.get(5..7)?)?).ok()?).ok()?;
    let day = u8::try_from(number(text.get(8..)?)?).ok()?;
    Date::from_calendar_date(i32::from(number(text.get(..4)?)?), month, day).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equivalent_timestamps_compare_equal() {
        let midnight = QueryMoment::parse("2024-01-31").expect("a date");
        for text in [
            "2024-01-31T00:00:00Z",
            "2024-01-31T00:00:00",
            "2024-01-31t00:00z",
            "2024-01-31 00:00:00.000",
            "2024-01-31T02:00:00+02:00",
            " 2024-01-30T22:00:00-02:00 ",
        ] {
            assert_eq!(QueryMoment::parse(text), Some(midnight), "{text}");
        }
        assert!(QueryMoment::parse("2024-01-31T00:00:00.5Z") > Some(midnight));
        assert!(QueryMoment::parse("1969-12-31") < Some(midnight));
    }

    #[test]
    fn invalid_dates_are_rejected() {
        for text in [
            "",
            "2024",
            "2024-13-01",
            "2024-02-30",
            "2024-01-31Tnoon",
            "2024-01-31x",
            "+024-01-31",
            "äääää-äää",
        ] {
            assert_eq!(QueryMoment::parse(text), None, "{text}");
        }
    }
}
