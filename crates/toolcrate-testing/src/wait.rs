//! Waits for conditions.

use std::time::{Duration, Instant};

/// Timeout for a condition. A machine under load is slow; only a failing test takes this long.
pub const CONDITION_TIMEOUT: Duration = Duration::from_secs(60);
const POLL_INTERVAL: Duration = Duration::from_millis(5);

/// Waits until `probe` returns a value, and returns it.
///
/// # Panics
/// Panics if there is no value after [`CONDITION_TIMEOUT`]; the message includes `what`.
pub async fn wait_for<T>(what: &str, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(value) = probe().await {
            return value;
        }
        assert!(start.elapsed() < CONDITION_TIMEOUT, "timed out waiting for {what}");
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}

/// Waits like [`wait_for`], blocking the thread.
///
/// # Panics
/// Panics like [`wait_for`].
pub fn wait_for_blocking<T>(what: &str, mut probe: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(value) = probe() {
            return value;
        }
        assert!(start.elapsed() < CONDITION_TIMEOUT, "timed out waiting for {what}");
        std::thread::sleep(POLL_INTERVAL);
    }
}
