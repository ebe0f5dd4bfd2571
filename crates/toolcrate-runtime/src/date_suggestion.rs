//! Suggests dates for ambiguous input: a time without a zone, a date whose day and month could be swapped, or words
//! such as `tomorrow`. Suggestions are shown to the caller and never used automatically.

use serde_json::Value;
use time::{Date, Duration, Month, OffsetDateTime, Time, Weekday};

use crate::date;

/// Longer strings aren't dates.
const MAX_CHARACTERS: usize = 64;
/// Smallest number interpreted as seconds since 1970: the year 2001.
const MIN_SECONDS: i64 = 1_000_000_000;
/// Largest number interpreted as seconds since 1970; larger ones are milliseconds. This is the year 2096.
const MAX_SECONDS: i64 = 4_000_000_000;

/// Returns the date that `value` likely means, in UTC and whole seconds.
pub(crate) fn suggest(value: &Value, now: OffsetDateTime) -> Option<String> {
    let moment = match value {
        Value::Number(number) => from_unix_time(number.as_i64()?)?,
        Value::String(text) if text.len() <= MAX_CHARACTERS => {
            let text = text.trim().to_ascii_lowercase();
            if let Some(with_zone) = date::utc_seconds(&format!("{text}Z")) {
                return Some(with_zone);
            }
            let number = text.parse().ok().filter(|_| text.len() > 8).and_then(from_unix_time);
            number.or_else(|| from_words(&text, now))?
        }
        _ => return None,
    };
    date::write(moment)
}

fn from_unix_time(number: i64) -> Option<OffsetDateTime> {
    let seconds = if number > MAX_SECONDS { number / 1000 } else { number };
    let seconds = Some(seconds).filter(|seconds| (MIN_SECONDS..=MAX_SECONDS).contains(seconds))?;
    OffsetDateTime::from_unix_timestamp(seconds).ok()
}

/// Parses a date in words or in a country-specific order, and the time of day after it.
fn from_words(text: &str, now: OffsetDateTime) -> Option<OffsetDateTime> {
    if text == "now" {
        return Some(now);
    }
    let text = text.replace([',', '('], " ").replace([')'], " ");
    let words: Vec<&str> = text.split_whitespace().filter(|word| *word != "at" && *word != "on").collect();
    // A date consists of at most this many words.
    for count in (1..=words.len().min(4)).rev() {
        let (first, rest) = words.split_at(count);
        if let Some(moment) = moment_in(first, now).filter(|_| rest.is_empty()) {
            return Some(moment);
        }
        if let (Some(day), Some(clock)) = (day_of(first, now.date()), clock_of(rest)) {
            return Some(day.with_time(clock).assume_utc());
        }
    }
    None
}

/// `in 2 hours`, `3 days ago`.
fn moment_in(words: &[&str], now: OffsetDateTime) -> Option<OffsetDateTime> {
    let (sign, count, unit) = match words {
        ["in", count, unit] | [count, unit, "from" | "later"] => (1, count, unit),
        [count, unit, "ago"] => (-1, count, unit),
        _ => return None,
    };
    let count = sign * if matches!(*count, "a" | "an" | "one") { 1 } else { count.parse::<i64>().ok()? };
    let seconds: i64 = match unit.trim_end_matches('s') {
        "minute" | "min" => 60,
        "hour" | "hr" => 3600,
        "day" => 86_400,
        "week" => 604_800,
        _ => return None,
    };
    now.checked_add(Duration::seconds(count.checked_mul(seconds)?))
}

fn day_of(words: &[&str], today: Date) -> Option<Date> {
    match words {
        ["today"] => Some(today),
        ["tomorrow"] => today.next_day(),
        ["yesterday"] => today.previous_day(),
        [day] | ["next" | "this" | "coming", day] if weekday(day).is_some() => {
            let ahead =
                weekday(day)?.number_days_from_monday() + 7 - today.weekday().number_days_from_monday();
            today.checked_add(Duration::days(i64::from((ahead + 6) % 7 + 1)))
        }
        ["next", "week"] => today.checked_add(Duration::weeks(1)),
        [date] => numeric(date),
        [first, second, year] => {
            let (month, day) = match (month(first), month(second)) {
                (Some(month), None) => (month, second),
                (None, Some(month)) => (month, first),
                _ => return None,
            };
            let day = day.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()
        }
        _ => None,
    }
}

/// Parses a numeric date with an unambiguous order: the year first, dots, or a day above 12.
fn numeric(text: &str) -> Option<Date> {
    if text.len() == 8 && text.starts_with("20") && text.chars().all(|c| c.is_ascii_digit()) {
        return numeric(&format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]));
    }
    let separator = text.chars().find(|c| matches!(c, '/' | '.' | '-'))?;
    let mut parts = text.split(separator).map(str::parse::<u16>);
    let (a, b, c) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    let (year, month, day) = match (a, b, c) {
        _ if parts.next().is_some() => return None,
        (1000.., _, _) => (a, b, c),
        (_, _, 1000..) if separator == '.' || a > 12 => (c, b, a),
        (_, _, 1000..) if b > 12 => (c, a, b),
        _ => return None,
    };
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    Date::from_calendar_date(i32::from(year), month, u8::try_from(day).ok()?).ok()
}

/// Parses `17:30`, `5pm` or `5:30 pm`; midnight if there is no time.
fn clock_of(words: &[&str]) -> Option<Time> {
    let text = match words {
        [] => return Some(Time::MIDNIGHT),
        words => words.concat(),
    };
    let text = text.trim_end_matches('z').trim_end_matches("utc");
    let (clock, afternoon) = match (text.strip_suffix("am"), text.strip_suffix("pm")) {
        (Some(clock), _) => (clock, Some(false)),
        (_, Some(clock)) => (clock, Some(true)),
        _ => (text, None),
    };
    let mut parts = clock.split(':').map(str::parse::<u8>);
    let hour = parts.next()?.ok()?;
    let minute = parts.next().transpose().ok()?;
    let second = parts.next().transpose().ok()?.unwrap_or(0);
    let hour = match afternoon {
        None => minute.map(|_| hour)?,
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(afternoon) => hour % 12 + if afternoon { 12 } else { 0 },
    };
    Time::from_hms(hour, minute.unwrap_or(0), second).ok()
}

fn weekday(text: &str) -> Option<Weekday> {
    const NAMES: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let index = NAMES.iter().position(|name| text.len() >= 3 && name.starts_with(text))?;
    Some(Weekday::Monday.nth_next(u8::try_from(index).ok()?))
}

fn month(text: &str) -> Option<Month> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let index = NAMES.iter().position(|name| text.len() >= 3 && name.starts_with(text))?;
    Month::try_from(u8::try_from(index + 1).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::format_description::well_known::Rfc3339;

    use super::*;

    #[test]
    fn likely_value_is_suggested() {
        // A Sunday.
        let now = OffsetDateTime::parse("2026-11-29T10:30:15Z", &Rfc3339).expect("a date");
        for (value, expected) in [
            (json!("2026-11-29T01:00:00"), Some("2026-11-29T01:00:00Z")),
            (json!("2026-11-29 01:00"), Some("2026-11-29T01:00:00Z")),
            (json!("next friday"), Some("2026-12-04T00:00:00Z")),
            (json!("Sunday"), Some("2026-12-06T00:00:00Z")),
            (json!("tomorrow at 5pm"), Some("2026-11-30T17:00:00Z")),
            (json!("today 09:15"), Some("2026-11-29T09:15:00Z")),
            (json!("in 2 hours"), Some("2026-11-29T12:30:15Z")),
            (json!("3 days ago"), Some("2026-11-26T10:30:15Z")),
            (json!("now"), Some("2026-11-29T10:30:15Z")),
            (json!("11/30/2026"), Some("2026-11-30T00:00:00Z")),
            (json!("30/11/2026"), Some("2026-11-30T00:00:00Z")),
            (json!("2026/11/30"), Some("2026-11-30T00:00:00Z")),
            (json!("20261130"), Some("2026-11-30T00:00:00Z")),
            (json!("3.4.2026"), Some("2026-04-03T00:00:00Z")),
            (json!("Nov 30, 2026"), Some("2026-11-30T00:00:00Z")),
            (json!("30th November 2026 5:30 pm"), Some("2026-11-30T17:30:00Z")),
            (json!(1_796_000_000), Some("2026-11-30T00:53:20Z")),
            (json!("1796000000000"), Some("2026-11-30T00:53:20Z")),
            (json!("03/04/2026"), None),
            (json!("2026-02-30"), None),
            (json!("soon"), None),
            (json!(5), None),
            (json!(""), None),
            (json!(null), None),
        ] {
            assert_eq!(suggest(&value, now).as_deref(), expected, "{value}");
        }
    }
}
