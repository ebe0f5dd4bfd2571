//! Counting requests against a budget.

use std::time::{Duration, Instant};

use super::{Budget, RuleError};

/// A budget and what is spent of it.
#[derive(Debug)]
pub(super) struct Meter {
    requests: u32,
    window: Duration,
    /// When the window began, and how many requests came in it.
    spent: Option<(Instant, u32)>,
}

impl Meter {
    pub(super) fn new(budget: &Budget) -> Result<Self, RuleError> {
        if budget.window_seconds == 0 {
            return Err(RuleError("the window of a budget must have at least one second".to_owned()));
        }
        let window = Duration::from_secs(budget.window_seconds.into());
        Ok(Self { requests: budget.requests, window, spent: None })
    }

    /// Takes one request from the budget; if nothing is left, says in how many seconds there is.
    pub(super) fn spend(&mut self, now: Instant) -> Option<u32> {
        let (start, spent) = self.spent.filter(|(start, _)| self.runs(*start, now)).unwrap_or((now, 0));
        if spent < self.requests {
            self.spent = Some((start, spent + 1));
            return None;
        }
        self.spent = Some((start, spent));
        let left = self.window.saturating_sub(now - start);
        Some(u32::try_from(left.as_millis().div_ceil(1000)).unwrap_or(u32::MAX).max(1))
    }

    /// How many requests are left.
    pub(super) fn left(&self, now: Instant) -> u32 {
        let spent = self.spent.filter(|(start, _)| self.runs(*start, now)).map_or(0, |(_, spent)| spent);
        self.requests - spent
    }

    fn runs(&self, start: Instant, now: Instant) -> bool {
        now.duration_since(start) < self.window
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_starts_with_its_first_request() {
        let mut meter = Meter::new(&Budget { requests: 2, window_seconds: 10 }).expect("a budget");
        let start = Instant::now();
        let at = |seconds: f64| start + Duration::from_secs_f64(seconds);
        assert_eq!(meter.spend(at(0.0)), None);
        assert_eq!(meter.spend(at(1.0)), None);
        assert_eq!(meter.left(at(1.0)), 0);
        assert_eq!(meter.spend(at(1.5)), Some(9));
        assert_eq!(meter.spend(at(9.9)), Some(1));
        assert_eq!(meter.left(at(10.0)), 2);
        assert_eq!(meter.spend(at(30.0)), None);
        assert_eq!(meter.left(at(30.0)), 1);
        assert!(Meter::new(&Budget { requests: 2, window_seconds: 0 }).is_err());
    }
}
