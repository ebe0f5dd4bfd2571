//! Reads and writes dates in the API's format, which is whole seconds in UTC: `2025-01-31T08:30:00Z`.

use std::time::{SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Returns the current time in seconds since 1970.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// Formats a time in seconds since 1970.
pub(crate) fn format(seconds: i64) -> String {
    let date = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    std::format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        date.year(),
        u8::from(date.month()),
        date.day(),
        date.hour(),
        date.minute(),
        date.second()
    )
}

/// Returns true if the API accepts a date, which must have whole seconds and a time zone.
pub(crate) fn is_valid(text: &str) -> bool {
    !text.contains('.') && parse(text).is_some()
}

/// Parses a date with a time zone into seconds since 1970.
pub(crate) fn parse(text: &str) -> Option<i64> {
    OffsetDateTime::parse(text, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_round_trip() {
        assert_eq!(format(1_738_312_200), "2025-01-31T08:30:00Z");
        assert_eq!(parse("2025-01-31T08:30:00Z"), Some(1_738_312_200));
        assert_eq!(parse("2025-01-31T09:30:00+01:00"), Some(1_738_312_200));
        assert!(is_valid("2025-01-31T08:30:00Z"));
        for wrong in ["2025-01-31T08:30:00.5Z", "2025-01-31T08:30:00", "2025-01-31", "soon"] {
            assert!(!is_valid(wrong), "{wrong}");
        }
    }
}
