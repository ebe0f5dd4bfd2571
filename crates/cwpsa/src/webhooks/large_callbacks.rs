//! Limits how many large callbacks are read if their sender hasn't been verified. The signature covers the entire body,
//! so the sender can be verified only after the body has been read.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Callbacks up to this size are always read. Most are a few kilobytes.
const MAX_SMALL_BYTES: u64 = 256 << 10;
/// Maximum number of larger callbacks that may be unverified at the same time.
const MAX_UNVERIFIED: u32 = 16;
/// How long an invalid callback counts toward the maximum.
const INVALID_COUNTS_FOR: Duration = Duration::from_secs(4);

/// Counts an account's unverified large callbacks.
pub(crate) struct LargeCallbackLimit(Mutex<UnverifiedCallbacks>);

struct UnverifiedCallbacks {
    count: u32,
    /// When the count was last reduced because time had passed.
    lowered: Instant,
}

impl Default for LargeCallbackLimit {
    fn default() -> Self {
        Self(Mutex::new(UnverifiedCallbacks { count: 0, lowered: Instant::now() }))
    }
}

impl LargeCallbackLimit {
    /// Counts a callback with a body of this size if it is large. Returns false, without counting it, if there are
    /// already too many.
    pub(crate) fn begin(&self, size: Option<u64>) -> bool {
        if !is_large(size) {
            return true;
        }
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

    /// Stops counting a callback with a body of this size, because it has been verified.
    pub(crate) fn verified(&self, size: Option<u64>) {
        if is_large(size) {
            let mut unverified = self.lock();
            unverified.count = unverified.count.saturating_sub(1);
        }
    }

    fn lock(&self) -> MutexGuard<'_, UnverifiedCallbacks> {
        // No code panics while it holds the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns true if and only if a body is large or its size is unknown.
fn is_large(size: Option<u64>) -> bool {
    size.is_none_or(|size| size > MAX_SMALL_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LARGE: Option<u64> = Some(MAX_SMALL_BYTES + 1);

    #[tokio::test(start_paused = true)]
    async fn invalid_callbacks_count_for_a_while_and_valid_ones_do_not() {
        let limit = LargeCallbackLimit::default();
        let begun = || (0..100).filter(|_| limit.begin(LARGE)).count();
        for _ in 0..100 {
            assert!(limit.begin(LARGE));
            limit.verified(LARGE);
        }
        assert_eq!(begun(), 16);
        limit.verified(LARGE);
        assert_eq!(begun(), 1);
        tokio::time::advance(INVALID_COUNTS_FOR * 2).await;
        assert_eq!(begun(), 2);
        tokio::time::advance(INVALID_COUNTS_FOR * 1000).await;
        assert_eq!(begun(), 16);
        assert!(limit.begin(Some(MAX_SMALL_BYTES)) && !limit.begin(None));
    }
}
