//! Fetches signing keys. The client follows no redirects and sends no credentials.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http::header::ACCEPT;
use reqwest::{Client, Response};
use rustls::crypto::ring;
use serde::Deserialize;
use url::Url;

use crate::error::CallbackError;
use crate::loopback::is_loopback;
use crate::signing_key::SigningKey;

/// Timeout of a key request. The sender of the callback waits five seconds in total.
const KEY_TIMEOUT: Duration = Duration::from_secs(4);
/// Maximum size of a key response.
const MAX_KEY_RESPONSE_BYTES: usize = 16 << 10;

/// Fetches keys from the hosts of one account.
pub(crate) struct KeyClient {
    /// The host of the account's API.
    main_host: Url,
    user_agent: String,
    /// For the main host and for the other hosts, whose TLS or proxy settings may differ.
    clients: [OnceLock<Result<Client, String>>; 2],
}

#[derive(Deserialize)]
struct KeyResponse {
    signing_key: String,
}

impl KeyClient {
    pub(crate) fn new(main_host: Url, user_agent: String) -> Self {
        Self { main_host, user_agent, clients: Default::default() }
    }

    /// Fetches the key at `url`, which must have been validated.
    ///
    /// # Errors
    /// Returns an error if the host doesn't return a key. No error contains the URL or a part of the key.
    pub(crate) async fn fetch(&self, url: &Url) -> Result<SigningKey, CallbackError> {
        let is_other = url.origin() != self.main_host.origin();
        let client = self.clients[usize::from(is_other)].get_or_init(|| self.client(url));
        let client = client.as_ref().map_err(|error| CallbackError::KeyUnavailable(error.clone()))?;
        let response = client.get(url.clone()).header(ACCEPT, "application/json").send().await;
        let response = response.map_err(|error| CallbackError::KeyUnavailable(message(error)))?;
        let status = response.status();
        let reason = || format!("it returned status {}", status.as_u16());
        if status.is_server_error() || matches!(status.as_u16(), 408 | 429) {
            return Err(CallbackError::KeyUnavailable(reason()));
        }
        if !status.is_success() {
            return Err(CallbackError::NoKey(reason()));
        }
        let body = read(response).await.map_err(CallbackError::KeyUnavailable)?;
        match serde_json::from_slice::<KeyResponse>(&body) {
            Ok(response) if !response.signing_key.is_empty() => Ok(SigningKey::new(&response.signing_key)),
            // The message of the parser could contain a part of the key.
            _ => Err(CallbackError::NoKey("the response has no signing_key".to_owned())),
        }
    }

    fn client(&self, url: &Url) -> Result<Client, String> {
        // Fails if the process has already installed a provider, which is kept.
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

/// Returns a TLS configuration for a client that never uses TLS, so that it doesn't read the system's certificates,
/// which a small container may not have.
fn without_certificates() -> Result<rustls::ClientConfig, String> {
    let config = rustls::ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    Ok(config.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth())
}

async fn read(mut response: Response) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
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
    let mut source = std::error::Error::source(&error);
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}
