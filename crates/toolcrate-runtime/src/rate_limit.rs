//! The state of a rate limit in one format, independent of the server's header names and units.

use std::time::{SystemTime, UNIX_EPOCH};

use http::HeaderMap;
use serde_json::{Value, json};

/// Maximum time that is passed on, in seconds. With a longer time, a client would practically wait forever for
/// something that may end soon.
const MAX_WAIT_SECONDS: u64 = 3600;

/// A rate limit's state, as far as the server reported it. Times are in seconds from now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RateLimit {
    /// The number of requests that the window allows.
    pub limit: Option<u64>,
    /// The number of requests left in the window.
    pub remaining: Option<u64>,
    /// Seconds until the window resets.
    pub reset: Option<u64>,
    /// Seconds to wait, as requested by the server.
    pub retry_after: Option<u64>,
}

impl RateLimit {
    /// Reads the state from response headers. After a 429, missing values are filled in: no requests remain, and the
    /// window resets when a retry is allowed.
    pub fn from_headers(status: u16, headers: &HeaderMap) -> Self {
        Self::at(SystemTime::now(), status, headers)
    }

    fn at(now: SystemTime, status: u16, headers: &HeaderMap) -> Self {
        let number = |part: &str| prefixed(headers, part).and_then(whole);
        let mut found = Self {
            limit: number("limit"),
            remaining: number("remaining"),
            reset: prefixed(headers, "reset").and_then(|text| seconds(now, text)),
            retry_after: header(headers, "retry-after").and_then(|text| seconds(now, text)),
        };
        if status == 429 {
            found.remaining = found.remaining.or(Some(0));
            found.retry_after = found.retry_after.or(found.reset);
            found.reset = found.reset.or(found.retry_after);
        }
        found
    }

    /// Returns true if and only if the server reported nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Returns the known values as normalized headers: `ratelimit-limit`, `ratelimit-remaining`, `ratelimit-reset` and
    /// `retry-after`.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, u64)> {
        [
            ("ratelimit-limit", self.limit),
            ("ratelimit-remaining", self.remaining),
            ("ratelimit-reset", self.reset),
            ("retry-after", self.retry_after),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
    }

    /// Returns the state as JSON: `limit`, `remaining` and `reset`; unknown values are `null`.
    pub fn to_json(&self) -> Value {
        json!({"limit": self.limit, "remaining": self.remaining, "reset": self.reset})
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// Returns the value of `ratelimit-{part}` in any of its spellings.
fn prefixed<'a>(headers: &'a HeaderMap, part: &str) -> Option<&'a str> {
    ["ratelimit-", "x-ratelimit-", "x-rate-limit-"]
        .iter()
        .find_map(|prefix| header(headers, &format!("{prefix}{part}")))
}

/// Returns the number at the start of a header; some servers append a policy (`100, 100;w=60`).
fn whole(text: &str) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().ok()
}

/// Returns the seconds from now for a number of seconds, a Unix timestamp (in seconds or milliseconds) or an HTTP date,
/// up to the maximum that is passed on.
fn seconds(now: SystemTime, text: &str) -> Option<u64> {
    seconds_until(now, text).map(|seconds| seconds.min(MAX_WAIT_SECONDS))
}

fn seconds_until(now: SystemTime, text: &str) -> Option<u64> {
    if let Ok(value) = text.parse::<f64>() {
        if !value.is_finite() {
            return None;
        }
        let value = value.max(0.0).ceil();
        // A larger number is a timestamp: no server requests a wait of 30 years.
        let since_epoch = now.duration_since(UNIX_EPOCH).ok()?.as_secs();
        return Some(match value {
            value if value >= 1e12 => ((value / 1000.0) as u64).saturating_sub(since_epoch),
            value if value >= 1e9 => (value as u64).saturating_sub(since_epoch),
            value => value as u64,
        });
    }
    let date = httpdate::parse_http_date(text).ok()?;
    // The time is rounded up, because a client that retries early is rejected again.
    Some(date.duration_since(now).map_or(0, |wait| wait.as_millis().div_ceil(1000) as u64))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn read(status: u16, pairs: &[(&'static str, &str)]) -> RateLimit {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().expect("a header value"));
        }
        RateLimit::at(UNIX_EPOCH + Duration::from_secs(1_800_000_000), status, &headers)
    }

    #[test]
    fn all_header_spellings_are_equivalent() {
        let expected = RateLimit { limit: Some(100), remaining: Some(7), reset: Some(30), retry_after: None };
        let spellings: [&[(&'static str, &str)]; 4] = [
            &[("ratelimit-limit", "100"), ("ratelimit-remaining", "7"), ("ratelimit-reset", "30")],
            &[
                ("x-ratelimit-limit", "100, 100;w=60"),
                ("x-ratelimit-remaining", "7"),
                ("x-ratelimit-reset", "29.5"),
            ],
            &[
                ("x-ratelimit-limit", "100"),
                ("x-ratelimit-remaining", "7"),
                ("x-ratelimit-reset", "1800000030"),
            ],
            &[
                ("x-rate-limit-limit", "100"),
                ("x-rate-limit-remaining", "7"),
                ("x-rate-limit-reset", "1800000030000"),
            ],
        ];
        for spelling in spellings {
            assert_eq!(read(200, spelling), expected, "{spelling:?}");
        }
    }

    #[test]
    fn absurd_times_are_bounded() {
        for text in ["999999999", "99999999999999999", "1e300", "Fri, 31 Dec 9999 23:59:59 GMT"] {
            assert_eq!(read(429, &[("retry-after", text)]).retry_after, Some(MAX_WAIT_SECONDS), "{text}");
        }
        assert_eq!(read(429, &[("x-ratelimit-reset", "99999999")]).reset, Some(MAX_WAIT_SECONDS));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(read(503, &[("retry-after", "12")]).retry_after, Some(12));
        let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(1_800_000_090));
        assert_eq!(read(503, &[("retry-after", &date)]).retry_after, Some(90));
        let past = httpdate::fmt_http_date(UNIX_EPOCH);
        assert_eq!(read(503, &[("retry-after", &past)]).retry_after, Some(0));
        assert_eq!(read(503, &[("retry-after", "soon")]).retry_after, None);
    }

    #[test]
    fn status_429_fills_in_missing_headers() {
        let found = read(429, &[("retry-after", "30")]);
        let expected = RateLimit { limit: None, remaining: Some(0), reset: Some(30), retry_after: Some(30) };
        assert_eq!(found, expected);
        let headers: Vec<_> = found.headers().collect();
        assert_eq!(headers, [("ratelimit-remaining", 0), ("ratelimit-reset", 30), ("retry-after", 30)]);
        assert_eq!(read(429, &[("ratelimit-reset", "8")]).retry_after, Some(8));
    }
}
