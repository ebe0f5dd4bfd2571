//! Errors of the settings of a verifier.

/// A setting of a [`CallbackVerifier`](crate::CallbackVerifier) that is invalid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallbackSetupError {
    /// The base URL is invalid.
    // The URL isn't shown, because it could contain a password.
    #[error(
        "invalid base URL (expected a URL such as https://api-na.myconnectwise.net/v4_6_release/apis/3.0)"
    )]
    BaseUrl,
    /// The base URL is unencrypted HTTP to another machine, on which anyone on the way could forge keys.
    #[error("the base URL uses unencrypted http; use https")]
    PlainHttp,
    /// The feature `reqwest` is off, and no fetcher of keys is set.
    #[error("no HTTP client for signing keys; set key_fetcher or enable the `reqwest` feature")]
    NoKeyFetcher,
    /// A host of signing keys is not the name of a host.
    #[error("invalid key host \"{0}\" (expected a host name such as na.myconnectwise.net)")]
    KeyHost(String),
}
