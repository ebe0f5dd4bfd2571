//! Fetches signing keys with reqwest. Doesn't follow redirects or send credentials.

use std::error::Error;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http::header::ACCEPT;
use reqwest::{Client, Response};
use rustls::crypto::ring;
use url::Url;

use crate::key_fetcher::{KeyFetcher, KeyFuture, KeyResponse};
use crate::loopback::is_loopback;

/// Timeout for a key request. ConnectWise waits five seconds in total.
const KEY_TIMEOUT: Duration = Duration::from_secs(4);
/// Maximum size of a key response.
const MAX_KEY_RESPONSE_BYTES: usize = 16 << 10;

/// Fetches keys from the hosts of one account.
pub(crate) struct ReqwestFetcher {
    /// The account's API host.
    main_host: Url,
    user_agent: String,
    /// One client for the main host and one for the other hosts, because their TLS or proxy settings may differ.
    clients: [OnceLock<Result<Client, String>>; 2],
}

impl ReqwestFetcher {
    pub(crate) fn new(main_host: Url, user_agent: String) -> Self {
        Self { main_host, user_agent, clients: Default::default() }
    }

    async fn get(&self, url: &str) -> Result<KeyResponse, String> {
        let url = Url::parse(url).map_err(|error| error.to_string())?;
        let is_other = url.origin() != self.main_host.origin();
        let client = self.clients[usize::from(is_other)].get_or_init(|| self.client(&url)).clone()?;
        let response = client.get(url).header(ACCEPT, "application/json").send().await.map_err(message)?;
        Ok(KeyResponse { status: response.status().as_u16(), body: read(response).await? })
    }

    fn client(&self, url: &Url) -> Result<Client, String> {
        // Fails if the process has already installed a provider, which is then used.
        let _ = ring::default_provider().install_default();
        let mut client = Client::builder()
            .user_agent(self.user_agent.as_str())
            .timeout(KEY_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none());
        if url.scheme() == "http" {
            client = client.tls_backend_preconfigured(without_certificates()?);
        }
        if is_loopback(url) {
            client = client.no_proxy();
        }
        client.build().map_err(message)
    }
}

impl KeyFetcher for ReqwestFetcher {
    fn fetch<'f>(&'f self, url: &'f str) -> KeyFuture<'f> {
        Box::pin(async move { self.get(url).await.map_err(Into::into) })
    }
}

/// Returns a TLS configuration for a client that never uses TLS. It doesn't load the system's certificates, which a
/// small container may lack.
fn without_certificates() -> Result<rustls::ClientConfig, String> {
    let config = rustls::ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    Ok(config.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth())
}

/// Reads the body of a successful response. An error body is useless and may be long.
async fn read(mut response: Response) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    if !response.status().is_success() {
        return Ok(body);
    }
    while let Some(chunk) = response.chunk().await.map_err(message)? {
        if body.len() + chunk.len() > MAX_KEY_RESPONSE_BYTES {
            return Err(format!("the response exceeds {MAX_KEY_RESPONSE_BYTES} bytes"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Returns the messages of an error and its sources, without the URL.
fn message(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}
