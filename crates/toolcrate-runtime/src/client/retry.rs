//! The retry policy. By default, nothing is retried, because only the caller knows whether a retry is useful. Only
//! idempotent requests are ever retried.

use std::time::Duration;

use crate::error::{Error, ErrorKind};

/// How often a failed request is retried, and how long to wait in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    max_attempts: u32,
    first_wait: Duration,
    max_wait: Duration,
    retry_after: Option<Duration>,
}

impl RetryPolicy {
    /// Never retries.
    pub const fn none() -> Self {
        Self {
            max_attempts: 1,
            first_wait: Duration::from_millis(250),
            max_wait: Duration::from_secs(10),
            retry_after: None,
        }
    }

    /// Retries GET, HEAD and requests that are marked idempotent, up to `max_attempts` in total, after a failed
    /// connection or a 502, 503 or 504 response. Waits 0.25 s, then twice as long each time, up to 10 s, minus a random
    /// amount of up to half of it. A 429 isn't retried.
    pub const fn idempotent(max_attempts: u32) -> Self {
        Self { max_attempts, ..Self::none() }
    }

    /// Sets the first and the longest wait.
    #[must_use]
    pub const fn waits(mut self, first: Duration, longest: Duration) -> Self {
        self.first_wait = first;
        self.max_wait = longest;
        self
    }

    /// Waits as long as `Retry-After` requires, including after a 429. If that is longer than `longest`, the error is
    /// returned.
    #[must_use]
    pub const fn wait_for_retry_after(mut self, longest: Duration) -> Self {
        self.retry_after = Some(longest);
        self
    }

    /// Returns how long to wait before the next attempt, or `None` to give up. `attempt` counts from 1.
    pub(super) fn wait(&self, attempt: u32, idempotent: bool, error: &Error) -> Option<Duration> {
        if attempt >= self.max_attempts || !idempotent {
            return None;
        }
        let failed_on_the_way = match error.kind() {
            ErrorKind::Unreachable => true,
            // The outcome of a write is unknown in this case, but this write can safely be repeated.
            ErrorKind::Server | ErrorKind::OutcomeUnknown => matches!(error.status(), Some(502..=504)),
            ErrorKind::RateLimited => false,
            _ => return None,
        };
        if let (Some(longest), Some(wait)) = (self.retry_after, error.retry_after()) {
            return Some(wait).filter(|wait| *wait <= longest);
        }
        failed_on_the_way.then(|| {
            let doubled = self.first_wait.saturating_mul(1 << (attempt - 1).min(20));
            doubled.min(self.max_wait).mul_f64(0.5 + 0.5 * fastrand::f64())
        })
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rate_limit::RateLimit;

    fn error(kind: ErrorKind, status: u16, retry_after: Option<u64>) -> Error {
        Error::new(kind, "")
            .with_status(status)
            .with_rate_limit(RateLimit { retry_after, ..RateLimit::default() })
    }

    #[test]
    fn only_repeatable_requests_are_retried() {
        let policy = RetryPolicy::idempotent(3);
        let unavailable = error(ErrorKind::Server, 503, None);
        assert!(policy.wait(1, true, &unavailable).is_some());
        assert!(policy.wait(3, true, &unavailable).is_none());
        assert!(policy.wait(1, false, &unavailable).is_none());
        assert!(RetryPolicy::none().wait(1, true, &unavailable).is_none());
        assert!(policy.wait(1, true, &error(ErrorKind::Server, 500, None)).is_none());
        assert!(policy.wait(1, true, &error(ErrorKind::RateLimited, 429, Some(0))).is_none());
        assert!(policy.wait(1, true, &error(ErrorKind::OutcomeUnknown, 0, None)).is_none());
        assert!(policy.wait(1, true, &error(ErrorKind::OutcomeUnknown, 302, None)).is_none());
        assert!(policy.wait(1, true, &error(ErrorKind::OutcomeUnknown, 503, None)).is_some());
    }

    #[test]
    fn delays_grow_and_are_bounded() {
        let policy = RetryPolicy::idempotent(100);
        let unavailable = error(ErrorKind::Server, 503, Some(1_000));
        for (attempt, longest) in [(1, 250), (2, 500), (3, 1_000), (50, 10_000)] {
            let wait = policy.wait(attempt, true, &unavailable).expect("a wait").as_millis();
            assert!((longest / 2..=longest).contains(&wait), "{attempt}: {wait}");
        }
    }

    #[test]
    fn retry_after_is_honored_if_enabled() {
        let policy = RetryPolicy::idempotent(3).wait_for_retry_after(Duration::from_secs(5));
        let limited = |seconds| error(ErrorKind::RateLimited, 429, seconds);
        assert_eq!(policy.wait(1, true, &limited(Some(4))), Some(Duration::from_secs(4)));
        assert_eq!(policy.wait(1, true, &limited(Some(6))), None);
        assert_eq!(policy.wait(1, true, &limited(None)), None);
    }
}
