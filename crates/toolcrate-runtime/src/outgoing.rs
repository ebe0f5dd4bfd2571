//! Pieces of an HTTP client, for requests that are made beside those to the API: to a receiver of callbacks, say.

use std::sync::Arc;

/// Encryption that trusts no one, for a client that never encrypts: it spares reading the system's certificates, which
/// a small container may not even have.
///
/// # Errors
/// What the provider of encryption says.
pub fn no_certificates() -> Result<rustls::ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    Ok(config.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth())
}

/// The transport's own sentences, without the address, whose query may hold anything.
pub fn detail(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(error) = source {
        let part = error.to_string();
        if !text.contains(&part) {
            text.push_str(": ");
            text.push_str(&part);
        }
        source = error.source();
    }
    text
}
