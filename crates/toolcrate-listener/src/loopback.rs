//! The names of this machine for itself.

/// The names by which programs on this machine address a server on it, as they stand in `Host` and `Origin` headers.
pub const LOOPBACK_NAMES: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];
