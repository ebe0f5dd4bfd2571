//! The HTTP client for posting events. It doesn't follow redirects or send account credentials.

use std::time::Duration;

use connectwise_callbacks::is_loopback;
use connectwise_psa::runtime::tls::without_certificates;
pub use connectwise_psa::runtime::transport_error_message as detail;
use reqwest::Client;
use url::Url;

/// Creates a client for one URL.
///
/// # Errors
/// Returns a message if TLS can't be set up.
pub fn client(url: &Url, timeout: Duration) -> Result<Client, String> {
    // Fails if the process has already installed a provider, which is then used.
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
