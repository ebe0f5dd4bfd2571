//! The names under which local clients address the local machine.

/// The local machine's names in the `Host` and `Origin` headers of local clients.
pub const LOOPBACK_NAMES: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];
