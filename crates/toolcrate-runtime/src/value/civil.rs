//! The Gregorian calendar: converts days since 1970-01-01 to dates and back, for any year, and reads and writes dates
//! as digits.

/// Days from 0000-03-01, the start of the 400-year cycle, to 1970-01-01.
const DAYS_TO_EPOCH: i64 = 719_468;
/// Days in a 400-year cycle.
const DAYS_PER_CYCLE: i64 = 146_097;

/// Returns the days from 1970-01-01 to an existing date.
pub(super) const fn days_from_date(year: i64, month: u8, day: u8) -> i64 {
    // The year starts in March, so the leap day is its last day.
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month as i64 + 9) % 12;
    let (cycle, year_of_cycle) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * month + 2) / 5 + day as i64 - 1;
    cycle * DAYS_PER_CYCLE + year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100 + day_of_year
        - DAYS_TO_EPOCH
}

/// Returns the date that is `days` after 1970-01-01.
pub(super) const fn date_from_days(days: i64) -> (i64, u8, u8) {
    let days = days + DAYS_TO_EPOCH;
    let (cycle, day_of_cycle) = (days.div_euclid(DAYS_PER_CYCLE), days.rem_euclid(DAYS_PER_CYCLE));
    let year_of_cycle =
        (day_of_cycle - day_of_cycle / 1_460 + day_of_cycle / 36_524 - day_of_cycle / 146_096) / 365;
    let day_of_year = day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_cycle + cycle * 400;
    (if month <= 2 { year + 1 } else { year }, month as u8, day as u8)
}

/// Returns the number of days in a month, or 0 if the month doesn't exist.
pub(super) const fn days_of_month(year: i64, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 0,
    }
}

/// Returns the number formed by ASCII digits, or `None` if a byte isn't a digit.
pub(super) fn digits(bytes: &[u8]) -> Option<u16> {
    bytes
        .iter()
        .try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u16::from(byte - b'0')))
}

/// Parses an existing date such as `2025-01-31`.
pub(super) fn parse_date(text: &[u8]) -> Option<(u16, u8, u8)> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text else { return None };
    let year = digits(&[y1, y2, y3, y4])?;
    let month = u8::try_from(digits(&[m1, m2])?).ok()?;
    let day = u8::try_from(digits(&[d1, d2])?).ok()?;
    (1..=days_of_month(year.into(), month)).contains(&day).then_some((year, month, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn day_numbers_and_dates_correspond() {
        for (days, date) in [
            (0, (1970, 1, 1)),
            (-1, (1969, 12, 31)),
            (11_016, (2000, 2, 29)),
            (20_119, (2025, 1, 31)),
            (-719_528, (0, 1, 1)),
            (2_932_896, (9999, 12, 31)),
            (-719_529, (-1, 12, 31)),
        ] {
            assert_eq!(date_from_days(days), date);
            assert_eq!(days_from_date(date.0, date.1, date.2), days);
        }
        for days in (-800_000..800_000).step_by(17) {
            let (year, month, day) = date_from_days(days);
            assert_eq!(days_from_date(year, month, day), days);
            assert!((1..=days_of_month(year, month)).contains(&day));
        }
    }
}
