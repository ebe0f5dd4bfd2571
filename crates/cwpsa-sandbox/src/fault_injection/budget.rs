//! Limits the number of requests in a period, to simulate the API's rate limit.

use std::time::{Duration, Instant};

use super::settings::{FaultRuleError, RequestBudget};

/// A budget, and how much of it has been used.
#[derive(Debug)]
pub(super) struct BudgetMeter {
    requests: u32,
    window: Duration,
    /// When the window started, and the number of requests in it.
    spent: Option<(Instant, u32)>,
}

impl BudgetMeter {
    pub(super) fn new(budget: &RequestBudget) -> Result<Self, FaultRuleError> {
        if budget.window_seconds == 0 {
            return Err(FaultRuleError("a budget's window must be at least one second".to_owned()));
        }
        let window = Duration::from_secs(budget.window_seconds.into());
        Ok(Self { requests: budget.requests, window, spent: None })
    }

    /// Takes one request from the budget. If none is left, returns the seconds until the window ends.
    pub(super) fn spend(&mut self, now: Instant) -> Option<u32> {
        let (start, spent) = self.spent.filter(|(start, _)| self.is_open(*start, now)).unwrap_or((now, 0));
        if spent < self.requests {
            self.spent = Some((start, spent + 1));
            return None;
        }
        self.spent = Some((start, spent));
        let remaining = self.window.saturating_sub(now - start);
        Some(u32::try_from(remaining.as_millis().div_ceil(1000)).unwrap_or(u32::MAX).max(1))
    }

    /// Returns the number of remaining requests.
    pub(super) fn remaining(&self, now: Instant) -> u32 {
        let spent = self.spent.filter(|(start, _)| self.is_open(*start, now)).map_or(0, |(_, spent)| spent);
        self.requests - spent
    }

    fn is_open(&self, start: Instant, now: Instant) -> bool {
        now.duration_since(start) < self.window
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn window_starts_with_its_first_request() {
        let mut meter =
            BudgetMeter::new(&RequestBudget { requests: 2, window_seconds: 10 }).expect("a budget");
        let start = Instant::now();
        let at = |seconds: f64| start + Duration::from_secs_f64(seconds);
        assert_eq!(meter.spend(at(0.0)), None);
        assert_eq!(meter.spend(at(1.0)), None);
        assert_eq!(meter.remaining(at(1.0)), 0);
        assert_eq!(meter.spend(at(1.5)), Some(9));
        assert_eq!(meter.spend(at(9.9)), Some(1));
        assert_eq!(meter.remaining(at(10.0)), 2);
        assert_eq!(meter.spend(at(30.0)), None);
        assert_eq!(meter.remaining(at(30.0)), 1);
        assert!(BudgetMeter::new(&RequestBudget { requests: 2, window_seconds: 0 }).is_err());
    }
}
