//! Requests that webhooks make: for keys, and to post events on. No redirect is followed and no credential of an
//! account is in them.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Response};
use url::{Host, Url};

/// A client for one address.
///
/// # Errors
/// A sentence that says why there can be none.
pub fn client(url: &Url, timeout: Duration) -> Result<Client, String> {
    // If the process has chosen a provider already, that one stays.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut client = Client::builder()
        .user_agent(concat!("cwpsa/", env!("CARGO_PKG_VERSION")))
        .timeout(timeout)
        .redirect(reqwest::redirect::Policy::none());
    if url.scheme() == "http" {
        // Spares reading the system's certificates, which a small container may not even have.
        client = client.tls_backend_preconfigured(no_certificates()?);
    }
    if is_loopback(url) {
        client = client.no_proxy();
    }
    client.build().map_err(detail)
}

/// Encryption that trusts no one, for a client that never encrypts.
fn no_certificates() -> Result<rustls::ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    Ok(config.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth())
}

/// Whether the URL's host is this machine, by its look alone.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
        Some(Host::Domain(name)) => name.trim_end_matches('.').eq_ignore_ascii_case("localhost"),
        None => false,
    }
}

/// The body, of so many bytes at most.
///
/// # Errors
/// It is longer, or it broke off.
pub async fn read(mut response: Response, most: usize) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(detail)? {
        if body.len() + chunk.len() > most {
            return Err(format!("the answer has more than {most} bytes"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The transport's own sentences, without the address, which may hold anything.
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
