//! Requests that webhooks make: for keys, and to post events on. No redirect is followed and no credential of an
//! account is in them.

use std::time::Duration;

use connectwise_psa::runtime::tls::without_certificates;
pub use connectwise_psa::runtime::transport_error_message as detail;
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
        client = client.tls_backend_preconfigured(without_certificates()?);
    }
    if is_loopback(url) {
        client = client.no_proxy();
    }
    client.build().map_err(detail)
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
