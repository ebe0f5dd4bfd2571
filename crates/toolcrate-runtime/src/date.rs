//! Converts dates to the API's format, which is UTC and whole seconds, regardless of the time zone and fraction in the
//! input.

use time::format_description::well_known::{Rfc2822, Rfc3339};
use time::{OffsetDateTime, UtcOffset};

/// Longer strings aren't dates.
const MAX_CHARACTERS: usize = 64;

/// Converts `2025-01-31` or `2025-01-31T09:30:00.5+01:00` to `2025-01-31T08:30:00Z`; `None` if the text isn't a date,
/// or has no time zone.
pub(crate) fn utc_seconds(text: &str) -> Option<String> {
    write(parse_moment(text)?)
}

/// Parses a timestamp in any ISO 8601 or RFC 2822 format; `None` if the text isn't a date, or has no time zone.
pub(crate) fn parse_moment(text: &str) -> Option<OffsetDateTime> {
    let text = text.trim();
    if text.len() > MAX_CHARACTERS || !text.is_ascii() {
        return None;
    }
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        OffsetDateTime::parse(&normalize(text)?, &Rfc3339).ok()
    } else {
        OffsetDateTime::parse(text, &Rfc2822).ok()
    }
}

/// Formats a timestamp in UTC and whole seconds.
pub(crate) fn write(moment: OffsetDateTime) -> Option<String> {
    let utc = moment.checked_to_offset(UtcOffset::UTC)?;
    let (date, (hour, minute, second)) = (utc.date(), utc.to_hms());
    // A time zone can move the first or last day of the calendar outside the four-digit years.
    let year = u16::try_from(date.year()).ok().filter(|year| *year <= 9999)?;
    Some(format!(
        "{year:04}-{:02}-{:02}T{hour:02}:{minute:02}:{second:02}Z",
        u8::from(date.month()),
        date.day()
    ))
}

/// Returns a date unchanged (`2025-01-31`), or a timestamp in UTC and whole seconds.
#[cfg(feature = "tools")]
pub(crate) fn day_or_utc_seconds(text: &str) -> Option<String> {
    let (text, utc) = (text.trim(), utc_seconds(text)?);
    Some(if text.len() == 10 { text.to_owned() } else { utc })
}

/// Normalizes ISO 8601 text to RFC 3339: an omitted time, omitted seconds or separators, a space instead of the `T`, a
/// short zone.
fn normalize(text: &str) -> Option<String> {
    let text = text.to_ascii_uppercase();
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    let (date, rest) = match digits {
        8 => (format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..8]), &text[8..]),
        4 => (text.get(..10)?.to_owned(), &text[10..]),
        _ => return None,
    };
    if rest.is_empty() {
        // A bare eight-digit number may be anything.
        return (digits == 4).then(|| format!("{date}T00:00:00Z"));
    }
    let rest = rest.strip_prefix(['T', ' '])?;
    let end = rest.find(|c: char| !matches!(c, '0'..='9' | ':' | '.' | ',')).unwrap_or(rest.len());
    let (clock, zone) = (normalize_clock(&rest[..end])?, normalize_zone(rest[end..].trim_start())?);
    Some(format!("{date}T{clock}{zone}"))
}

fn normalize_clock(text: &str) -> Option<String> {
    let (clock, fraction) = text.split_once(['.', ',']).map_or((text, ""), |(clock, rest)| (clock, rest));
    let digits: String = clock.chars().filter(|c| *c != ':').collect();
    let is_separated = matches!(clock.len(), 5 | 8) && clock.match_indices(':').all(|(at, _)| at % 3 == 2);
    if !is_separated && clock.contains(':') {
        return None;
    }
    let seconds = match digits.len() {
        4 if fraction.is_empty() => "00",
        6 => &digits[4..],
        _ => return None,
    };
    let dot = if fraction.is_empty() { "" } else { "." };
    Some(format!("{}:{}:{seconds}{dot}{fraction}", &digits[..2], &digits[2..4]))
}

fn normalize_zone(text: &str) -> Option<String> {
    if matches!(text, "Z" | "UTC" | "GMT") {
        return Some("Z".to_owned());
    }
    let sign = text.chars().next().filter(|c| matches!(c, '+' | '-'))?;
    let digits: String = text[1..].chars().filter(|c| *c != ':').collect();
    let is_number = digits.chars().all(|c| c.is_ascii_digit());
    match digits.len() {
        2 if is_number => Some(format!("{sign}{digits}:00")),
        4 if is_number => Some(format!("{sign}{}:{}", &digits[..2], &digits[2..])),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_become_utc_in_whole_seconds() {
        for (text, utc) in [
            ("2025-01-31", Some("2025-01-31T00:00:00Z")),
            ("2025-01-31T09:30:00.5+01:00", Some("2025-01-31T08:30:00Z")),
            ("2025-01-31T09:30:00.000Z", Some("2025-01-31T09:30:00Z")),
            ("2025-01-31 09:30Z", Some("2025-01-31T09:30:00Z")),
            ("2025-01-31t09:30:00z", Some("2025-01-31T09:30:00Z")),
            ("2025-01-31 09:30:00 UTC", Some("2025-01-31T09:30:00Z")),
            ("2025-01-31T09:30:00+0100", Some("2025-01-31T08:30:00Z")),
            ("2025-01-31T09:30:00-05", Some("2025-01-31T14:30:00Z")),
            ("20250131T093000Z", Some("2025-01-31T09:30:00Z")),
            ("Fri, 31 Jan 2025 09:30:00 GMT", Some("2025-01-31T09:30:00Z")),
            (" 2024-02-29T23:59:59-02:00 ", Some("2024-03-01T01:59:59Z")),
            ("2025-01-31T09:30:00", None),
            ("20250131", None),
            ("2025-01-31T9:30:00Z", None),
            ("2025-1-31", None),
            ("01/31/2025", None),
            ("2023-02-29", None),
            ("2025-01-31T24:00:00Z", None),
            ("yesterday", None),
            ("2025é01-31", None),
            ("", None),
            ("0000-01-01T00:00:00+14:00", None),
            ("9999-12-31T23:59:59-14:00", None),
        ] {
            assert_eq!(utc_seconds(text).as_deref(), utc, "{text}");
        }
    }

    #[test]
    fn dates_have_no_time() {
        for (text, expected) in [
            (" 2025-01-31", Some("2025-01-31")),
            ("2025-01-31T01:00:00+01:00", Some("2025-01-31T00:00:00Z")),
            ("2025-02-31", None),
            ("2025-01-31T00:00:00", None),
            ("soon", None),
        ] {
            assert_eq!(day_or_utc_seconds(text).as_deref(), expected, "{text}");
        }
    }
}
