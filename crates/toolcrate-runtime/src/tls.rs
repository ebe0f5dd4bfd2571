//! TLS settings for requests that aren't sent to the API, such as those to a webhook receiver.

use std::sync::Arc;

/// Returns a TLS configuration without trusted certificates, for a client that never uses TLS. It avoids loading the
/// system's certificates, which a small container may lack.
///
/// # Errors
/// Returns the cryptography provider's error.
pub fn without_certificates() -> Result<rustls::ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    Ok(config.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth())
}
