//! Errors in the settings of a callback verifier.

/// An invalid setting of a [`CallbackVerifier`](crate::CallbackVerifier).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallbackSetupError {
    /// The base URL is invalid.
    // The URL isn't shown, because it could contain a password.
    #[error(
        "invalid base URL (expected a URL such as https://api-na.myconnectwise.net/v4_6_release/apis/3.0)"
    )]
    BaseUrl,
    /// The base URL uses unencrypted HTTP to another machine, so anyone on the network path could forge keys.
    #[error("the base URL uses unencrypted http; use https")]
    PlainHttp,
    /// The `reqwest` feature is off, and no key fetcher is set.
    #[error("no HTTP client for signing keys; set `key_fetcher` or enable the `reqwest` feature")]
    NoKeyFetcher,
    /// A key host isn't a valid host name.
    #[error("invalid host for signing keys: \"{0}\" (expected a host name such as na.myconnectwise.net)")]
    KeyHost(String),
}
