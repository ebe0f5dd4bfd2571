//! Callback delivery settings.

use std::time::Duration;

/// How callbacks are delivered. The default is what the API does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallbackSettings {
    /// True if callbacks are sent to any address; otherwise, only loopback addresses get them.
    pub allow_any_address: bool,
    /// How long a receiver may take to respond.
    pub timeout: Duration,
    /// The delays before each retry, after responses that ask for one.
    pub retry_delays: Vec<Duration>,
    /// A callback that has been failing for this long, without a success in between, is made inactive.
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
