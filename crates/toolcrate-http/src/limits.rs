//! Limits on requests.

/// Maximum size of a request body, which leaves room for a ten-megabyte document in base64.
///
/// It is set through axum's `DefaultBodyLimit`, which applies while a body is read. tower-http's `RequestBodyLimit`
/// responds as soon as it sees the `Content-Length`, and a client that is still sending may then see a closed
/// connection instead of the response.
pub(crate) const MAX_BODY_BYTES: usize = 16 << 20;
