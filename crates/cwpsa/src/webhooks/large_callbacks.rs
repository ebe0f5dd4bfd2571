//! Limits how many large callbacks without a valid signature are read. The signature is over the whole body, so a body has to be
//! read before it is known who sent it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Callbacks up to this size are always read. Most have a few kilobytes.
pub(crate) const MAX_SMALL_BYTES: u64 = 256 << 10;
/// How many larger ones may be unverified at a time.
const MAX_UNVERIFIED: u32 = 16;
/// How long each of them that turns out to be invalid counts.
const INVALID_COUNTS_FOR: Duration = Duration::from_secs(4);

/// The large callbacks of an account that are not verified.
pub(crate) struct LargeCallbackLimit(Mutex<UnverifiedCallbacks>);

struct UnverifiedCallbacks {
    count: u32,
    /// When the count was last lowered.
    lowered: Instant,
}

impl Default for LargeCallbackLimit {
    fn default() -> Self {
        Self(Mutex::new(UnverifiedCallbacks { count: 0, lowered: Instant::now() }))
    }
}

impl LargeCallbackLimit {
    /// Counts a large callback. Returns false if there are too many.
    pub(crate) fn begin(&self) -> bool {
        let mut unverified = self.lock();
        let intervals = unverified.lowered.elapsed().as_secs() / INVALID_COUNTS_FOR.as_secs();
        let intervals = u32::try_from(intervals).unwrap_or(u32::MAX);
        if intervals > 0 {
            unverified.count = unverified.count.saturating_sub(intervals);
            unverified.lowered = Instant::now();
        }
        let is_within = unverified.count < MAX_UNVERIFIED;
        unverified.count += u32::from(is_within);
        is_within
    }

    /// Takes a large callback that was verified out of the count.
    pub(crate) fn verified(&self) {
        let mut unverified = self.lock();
        unverified.count = unverified.count.saturating_sub(1);
    }

    fn lock(&self) -> MutexGuard<'_, UnverifiedCallbacks> {
        // No code under the lock panics.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn invalid_callbacks_count_for_a_while_and_valid_ones_do_not() {
        let limit = LargeCallbackLimit::default();
        let begun = || (0..100).filter(|_| limit.begin()).count();
        for _ in 0..100 {
            assert!(limit.begin());
            limit.verified();
        }
        assert_eq!(begun(), 16);
        limit.verified();
        assert_eq!(begun(), 1);
        tokio::time::advance(INVALID_COUNTS_FOR * 2).await;
        assert_eq!(begun(), 2);
        tokio::time::advance(INVALID_COUNTS_FOR * 1000).await;
        assert_eq!(begun(), 16);
    }
}
