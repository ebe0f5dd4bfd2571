//! Settings for the readiness check.

use toolcrate_runtime::Error;

/// A request that any valid credentials may make, and advice for fixing failures.
#[derive(Clone, Copy, Debug)]
pub struct HealthCheck {
    /// The path for a `GET` request, below the API's root.
    pub path: &'static str,
    /// Returns advice on fixing an error.
    pub suggest_fix: fn(&Error) -> &'static str,
}
