//! Dates as the API writes them, whole seconds of UTC: `2025-01-31T08:30:00Z`.

use std::time::{SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Seconds since 1970.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// A moment as the API writes it.
pub(crate) fn text(seconds: i64) -> String {
    let date = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        date.year(),
        u8::from(date.month()),
        date.day(),
        date.hour(),
        date.minute(),
        date.second()
    )
}

/// Whether a text is a date that the API takes: whole seconds, with a zone.
pub(crate) fn is_date(text: &str) -> bool {
    !text.contains('.') && parse(text).is_some()
}

/// Seconds since 1970 of a date with a zone.
pub(crate) fn parse(text: &str) -> Option<i64> {
    OffsetDateTime::parse(text, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp)
}

/// A date of a seed record: `@-3d`, `@+10d`, `@-90m`, `@+2h` count from `now`; `@+10d0` is that day's midnight.
pub(crate) fn relative(text: &str, now: i64) -> Option<String> {
    let rest = text.strip_prefix('@')?;
    let (rest, midnight) =
        rest.strip_suffix('0').filter(|rest| rest.ends_with('d')).map_or((rest, false), |r| (r, true));
    let (number, unit) = rest.split_at_checked(rest.len().checked_sub(1)?)?;
    let number: i64 = number.parse().ok()?;
    let seconds = match unit {
        "d" => 86_400,
        "h" => 3_600,
        "m" => 60,
        _ => return None,
    };
    let moment = now + number * seconds;
    Some(self::text(if midnight { moment - moment.rem_euclid(86_400) } else { moment }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_and_read() {
        assert_eq!(text(1_738_312_200), "2025-01-31T08:30:00Z");
        assert_eq!(parse("2025-01-31T08:30:00Z"), Some(1_738_312_200));
        assert_eq!(parse("2025-01-31T09:30:00+01:00"), Some(1_738_312_200));
        assert!(is_date("2025-01-31T08:30:00Z"));
        for wrong in ["2025-01-31T08:30:00.5Z", "2025-01-31T08:30:00", "2025-01-31", "soon"] {
            assert!(!is_date(wrong), "{wrong}");
        }
    }

    #[test]
    fn seed_dates_count_from_now() {
        let now = 1_738_312_200;
        assert_eq!(relative("@-1d", now).as_deref(), Some("2025-01-30T08:30:00Z"));
        assert_eq!(relative("@+1d0", now).as_deref(), Some("2025-02-01T00:00:00Z"));
        assert_eq!(relative("@+10d", now).as_deref(), Some("2025-02-10T08:30:00Z"));
        assert_eq!(relative("@-90m", now).as_deref(), Some("2025-01-31T07:00:00Z"));
        for wrong in ["@", "@x", "@1", "2025", "@+d"] {
            assert_eq!(relative(wrong, now), None, "{wrong}");
        }
    }
}
