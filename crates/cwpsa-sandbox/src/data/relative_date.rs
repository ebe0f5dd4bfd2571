//! Resolves dates in seed records, which are relative to the day on which the tenant was created.

use crate::connectwise::date;

/// Resolves a relative date: `@-3d`, `@+10d`, `@-90m` and `@+2h` are relative to `now`; `@+10d0` is that day's
/// midnight. Returns `None` for any other text.
pub(super) fn resolve(text: &str, now: i64) -> Option<String> {
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
    Some(date::format(if midnight { moment - moment.rem_euclid(86_400) } else { moment }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seed_dates_are_relative_to_now() {
        let now = 1_738_312_200;
        assert_eq!(resolve("@-1d", now).as_deref(), Some("2025-01-30T08:30:00Z"));
        assert_eq!(resolve("@+1d0", now).as_deref(), Some("2025-02-01T00:00:00Z"));
        assert_eq!(resolve("@+10d", now).as_deref(), Some("2025-02-10T08:30:00Z"));
        assert_eq!(resolve("@-90m", now).as_deref(), Some("2025-01-31T07:00:00Z"));
        for wrong in ["@", "@x", "@1", "2025", "@+d"] {
            assert_eq!(resolve(wrong, now), None, "{wrong}");
        }
    }
}
