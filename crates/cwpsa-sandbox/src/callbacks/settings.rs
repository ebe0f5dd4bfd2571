//! Settings for callback delivery.

use std::time::Duration;

/// Callback delivery settings. The defaults match the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallbackSettings {
    /// True if callbacks are sent to any address; otherwise, only to loopback addresses.
    pub allow_any_address: bool,
    /// How long a receiver may take to respond.
    pub timeout: Duration,
    /// The delay before each retry, after responses that allow one.
    pub retry_delays: Vec<Duration>,
    /// A callback that has been failing for this long without a success is disabled.
    pub disable_after: Duration,
}

impl Default for CallbackSettings {
    fn default() -> Self {
        Self {
            allow_any_address: false,
            timeout: Duration::from_secs(5),
            retry_delays: vec![Duration::from_secs(2), Duration::from_secs(4)],
            disable_after: Duration::from_secs(3 * 24 * 60 * 60),
        }
    }
}
