//! Fetches signing keys.

use std::error::Error;
use std::pin::Pin;

/// The future of [`KeyFetcher::fetch`].
pub type KeyFuture<'f> =
    Pin<Box<dyn Future<Output = Result<KeyResponse, Box<dyn Error + Send + Sync>>> + Send + 'f>>;

/// Fetches signing keys over HTTP. Implement it to use an HTTP client of your own.
pub trait KeyFetcher: Send + Sync {
    /// Sends a GET request to `url`, which was validated, with `Accept: application/json`.
    ///
    /// The request must not contain credentials, and redirects must not be followed. The sender of the callback waits five
    /// seconds in total, so use a shorter timeout, and limit the size of the body. An error means that the key is
    /// unavailable now; its message is logged, so it should contain neither the URL nor the key.
    fn fetch<'f>(&'f self, url: &'f str) -> KeyFuture<'f>;
}

/// A response to a request for a key.
#[derive(Clone)]
pub struct KeyResponse {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}
