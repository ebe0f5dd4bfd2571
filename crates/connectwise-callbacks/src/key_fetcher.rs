//! The interface for fetching signing keys over HTTP.

use std::error::Error;
use std::pin::Pin;

/// The future of [`KeyFetcher::fetch`].
pub type KeyFuture<'f> =
    Pin<Box<dyn Future<Output = Result<KeyResponse, Box<dyn Error + Send + Sync>>> + Send + 'f>>;

/// Fetches signing keys over HTTP. Implement it to use your own HTTP client.
pub trait KeyFetcher: Send + Sync {
    /// Sends a GET request with `Accept: application/json` to `url`, which has been validated.
    ///
    /// The request must not contain credentials, and redirects must not be followed. ConnectWise waits five seconds in
    /// total, so use a shorter timeout, and limit the body size. An error means that the key is currently unavailable;
    /// its message is logged, so it should contain neither the URL nor the key.
    fn fetch<'f>(&'f self, url: &'f str) -> KeyFuture<'f>;
}

/// A response to a key request.
#[derive(Clone)]
pub struct KeyResponse {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}
