//! Readiness check settings.

use toolcrate_runtime::Error;

/// A request that every valid set of credentials may make, and advice for those whose credentials fail.
#[derive(Clone, Copy, Debug)]
pub struct HealthCheck {
    /// The path of a `GET` request, below the API's root.
    pub path: &'static str,
    /// Returns what to do about an error.
    pub suggest_fix: fn(&Error) -> &'static str,
}
