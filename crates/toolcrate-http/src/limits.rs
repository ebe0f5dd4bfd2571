//! Request limits.

/// The maximum size of a request body: a document of ten megabytes in base64 fits.
///
/// It is set through axum's `DefaultBodyLimit`, which applies while a body is read. tower-http's `RequestBodyLimit` would
/// respond as soon as it sees the `Content-Length`, and a client that is still sending may then see a closed connection
/// instead of the response.
pub(crate) const MAX_BODY_BYTES: usize = 16 << 20;
