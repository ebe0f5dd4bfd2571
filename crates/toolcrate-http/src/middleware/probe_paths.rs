//! The paths that orchestrators and metrics scrapers request every few seconds.

/// Paths that orchestrators and scrapers request every few seconds, often by IP address.
pub(super) const PROBE_PATHS: [&str; 3] = ["/healthz", "/readyz", "/metrics"];
