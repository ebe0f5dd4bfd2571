//! Dates as APIs want them: UTC and whole seconds, whatever zone and fraction they were given with.

use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// `2025-01-31` or `2025-01-31T09:30:00.5+01:00` as `2025-01-31T08:30:00Z`; `None` if the text is no date.
pub(crate) fn utc_seconds(text: &str) -> Option<String> {
    let text = text.trim();
    let whole = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
    let utc = OffsetDateTime::parse(&whole, &Rfc3339).ok()?.checked_to_offset(UtcOffset::UTC)?;
    let (date, (hour, minute, second)) = (utc.date(), utc.to_hms());
    // A zone can move the first and the last day of the calendar out of four digits.
    let year = u16::try_from(date.year()).ok().filter(|year| *year <= 9999)?;
    Some(format!(
        "{year:04}-{:02}-{:02}T{hour:02}:{minute:02}:{second:02}Z",
        u8::from(date.month()),
        date.day()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_become_utc_and_whole_seconds() {
        for (text, utc) in [
            ("2025-01-31", Some("2025-01-31T00:00:00Z")),
            ("2025-01-31T09:30:00.5+01:00", Some("2025-01-31T08:30:00Z")),
            (" 2024-02-29T23:59:59-02:00 ", Some("2024-03-01T01:59:59Z")),
            ("2023-02-29", None),
            ("yesterday", None),
            ("", None),
            ("0000-01-01T00:00:00+14:00", None),
            ("9999-12-31T23:59:59-14:00", None),
        ] {
            assert_eq!(utc_seconds(text).as_deref(), utc, "{text}");
        }
    }
}
