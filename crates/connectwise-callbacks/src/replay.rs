//! Remembers accepted callbacks to prevent replays.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Maximum number of remembered callbacks. Beyond it, the oldest are forgotten.
const MAX_CALLBACKS: usize = 100_000;

/// The callbacks accepted within the replay window.
pub(crate) struct ReplayWindow {
    period: Duration,
    accepted: Mutex<AcceptedCallbacks>,
}

#[derive(Default)]
struct AcceptedCallbacks {
    times: HashMap<Arc<str>, Instant>,
    /// Sorted by acceptance time. An entry whose time differs from the one in `times` is obsolete.
    order: VecDeque<(Instant, Arc<str>)>,
}

impl ReplayWindow {
    pub(crate) fn new(period: Duration) -> Self {
        Self { period, accepted: Mutex::default() }
    }

    /// Remembers a callback. Returns true if and only if it had not been accepted before.
    pub(crate) fn accept(&self, id: &str) -> bool {
        self.accept_at(id, Instant::now())
    }

    fn accept_at(&self, id: &str, now: Instant) -> bool {
        let mut accepted = self.lock();
        accepted.expire(now, self.period);
        if accepted.times.contains_key(id) {
            return false;
        }
        let id: Arc<str> = Arc::from(id);
        accepted.times.insert(Arc::clone(&id), now);
        accepted.order.push_back((now, id));
        true
    }

    /// Forgets a callback, so it can be accepted again.
    pub(crate) fn forget(&self, id: &str) {
        self.lock().times.remove(id);
    }

    fn lock(&self) -> MutexGuard<'_, AcceptedCallbacks> {
        // A panic elsewhere leaves the collections consistent.
        self.accepted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AcceptedCallbacks {
    fn expire(&mut self, now: Instant, period: Duration) {
        while let Some((time, id)) = self.order.front() {
            if now.saturating_duration_since(*time) < period && self.order.len() < MAX_CALLBACKS {
                break;
            }
            if self.times.get(id) == Some(time) {
                self.times.remove(id);
            }
            self.order.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn callbacks_are_remembered_for_the_period() {
        let (window, start) = (ReplayWindow::new(10 * SECOND), Instant::now());
        assert!(window.accept_at("a", start) && window.accept_at("b", start + 5 * SECOND));
        assert!(!window.accept_at("a", start + 9 * SECOND));
        assert!(window.accept_at("a", start + 10 * SECOND) && !window.accept_at("b", start + 10 * SECOND));
    }

    #[test]
    fn forgotten_callback_is_accepted_and_remembered_again() {
        let (window, start) = (ReplayWindow::new(10 * SECOND), Instant::now());
        assert!(window.accept_at("a", start));
        window.forget("a");
        assert!(window.accept_at("a", start + 5 * SECOND));
        assert!(
            !window.accept_at("a", start + 12 * SECOND),
            "the obsolete entry must not remove the new one"
        );
    }

    #[test]
    fn oldest_callbacks_are_forgotten_first() {
        let (window, start) = (ReplayWindow::new(10 * SECOND), Instant::now());
        for number in 0..=MAX_CALLBACKS {
            assert!(window.accept_at(&number.to_string(), start));
        }
        assert_eq!(window.lock().times.len(), MAX_CALLBACKS);
        assert!(window.accept_at("0", start) && !window.accept_at(&MAX_CALLBACKS.to_string(), start));
    }
}
