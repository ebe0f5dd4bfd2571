//! Verifies the callbacks of one account.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;

use crate::error::CallbackError;
use crate::event::CallbackEvent;
use crate::key_cache::KeyCache;
use crate::key_fetcher::KeyFetcher;
use crate::key_url::KeyUrlPolicy;
use crate::loopback::is_loopback;
use crate::payload::CallbackPayload;
use crate::replay::ReplayWindow;
#[cfg(feature = "reqwest")]
use crate::reqwest_fetcher::ReqwestFetcher;
use crate::setup_error::CallbackSetupError;
use crate::signing_key::{SIGNATURE_HEADER, is_signature};

/// Default duration for which accepted callbacks are remembered.
const REPLAY_WINDOW: Duration = Duration::from_secs(7 * 24 * 3600);
/// This crate's name and version.
#[cfg(feature = "reqwest")]
const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// Verifies the callbacks of one account. Create one at startup and share it, because it caches keys.
pub struct CallbackVerifier {
    company_id: String,
    keys: KeyCache,
    replay: Option<ReplayWindow>,
}

/// Builds a [`CallbackVerifier`].
#[derive(Clone)]
#[must_use]
pub struct CallbackVerifierBuilder {
    base_url: String,
    company_id: String,
    key_hosts: Vec<String>,
    #[cfg(feature = "reqwest")]
    user_agent: String,
    fetcher: Option<Arc<dyn KeyFetcher>>,
    allow_plain_http: bool,
    replay_window: Option<Duration>,
}

impl CallbackVerifier {
    /// Creates a verifier for a company's account. `base_url` is the account's API URL, such as
    /// `https://api-na.myconnectwise.net/v4_6_release/apis/3.0`; `company_id` is the company used to log in.
    ///
    /// # Errors
    /// Returns an error if `base_url` is invalid.
    pub fn new(base_url: &str, company_id: &str) -> Result<Self, CallbackSetupError> {
        Self::builder(base_url, company_id).build()
    }

    /// Returns a builder for further settings.
    pub fn builder(base_url: &str, company_id: &str) -> CallbackVerifierBuilder {
        CallbackVerifierBuilder {
            base_url: base_url.to_owned(),
            company_id: company_id.to_owned(),
            key_hosts: Vec::new(),
            #[cfg(feature = "reqwest")]
            user_agent: USER_AGENT.to_owned(),
            fetcher: None,
            allow_plain_http: false,
            replay_window: Some(REPLAY_WINDOW),
        }
    }

    /// Verifies a request. `body` must be the exact bytes that were received: reserialized JSON has a different
    /// signature.
    ///
    /// # Errors
    /// Returns the reason for the rejection. [`CallbackError::status`] is the status to respond with.
    pub async fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Result<CallbackEvent, CallbackError> {
        let signature = headers.get(SIGNATURE_HEADER).ok_or(CallbackError::Unsigned)?;
        self.verify_signature(signature.to_str().map_err(|_| CallbackError::WrongSignature)?, body).await
    }

    /// Verifies a request, given the value of its [`SIGNATURE_HEADER`].
    ///
    /// # Errors
    /// Returns the reason for the rejection.
    pub async fn verify_signature(
        &self,
        signature: &str,
        body: &[u8],
    ) -> Result<CallbackEvent, CallbackError> {
        if !is_signature(signature) {
            return Err(CallbackError::WrongSignature);
        }
        let payload = CallbackPayload::parse(body)?;
        self.keys.verify(&payload.key_url()?, body, signature).await?;
        let event = payload.into_event(&self.company_id, body);
        match &self.replay {
            Some(window) if !window.accept(&event.id) => Err(CallbackError::Replay),
            _ => Ok(event),
        }
    }

    /// Forgets a verified event, so the same callback can be accepted once more. Call this if the event could not be
    /// processed, and respond with a status after which ConnectWise retries, such as 429.
    pub fn forget(&self, event: &CallbackEvent) {
        if let Some(window) = &self.replay {
            window.forget(&event.id);
        }
    }
}

impl CallbackVerifierBuilder {
    /// Adds a host from which the account's keys may be fetched over HTTPS, such as `na.myconnectwise.net`. The base
    /// URL's host and the key host of a ConnectWise cloud region are always allowed.
    pub fn key_host(mut self, host: &str) -> Self {
        self.key_hosts.push(host.to_owned());
        self
    }

    /// Fetches keys with your own HTTP client. Required without the `reqwest` feature.
    pub fn key_fetcher(mut self, fetcher: impl KeyFetcher + 'static) -> Self {
        self.fetcher = Some(Arc::new(fetcher));
        self
    }

    /// Sets the user agent of key requests.
    #[cfg(feature = "reqwest")]
    pub fn user_agent(mut self, user_agent: &str) -> Self {
        self.user_agent = user_agent.to_owned();
        self
    }

    /// Sets how long accepted callbacks are remembered; seven days by default. A signature contains no timestamp, so a
    /// callback that is replayed later is accepted.
    pub fn replay_window(mut self, period: Duration) -> Self {
        self.replay_window = Some(period);
        self
    }

    /// Doesn't remember accepted callbacks. Deduplicate by [`CallbackEvent::id`] instead, for example if several
    /// replicas share a database.
    pub fn without_replay_window(mut self) -> Self {
        self.replay_window = None;
        self
    }

    /// Allows a base URL with unencrypted HTTP to another machine. Anyone on the network path can then forge keys. HTTP
    /// to the local machine is always allowed.
    pub fn allow_plain_http(mut self) -> Self {
        self.allow_plain_http = true;
        self
    }

    /// Creates the verifier.
    ///
    /// # Errors
    /// Returns an error if the base URL or a key host is invalid, or if there is no key fetcher.
    pub fn build(self) -> Result<CallbackVerifier, CallbackSetupError> {
        let policy = KeyUrlPolicy::new(&self.base_url, &self.company_id, &self.key_hosts)?;
        let host = policy.main_host();
        if host.scheme() == "http" && !is_loopback(host) && !self.allow_plain_http {
            return Err(CallbackSetupError::PlainHttp);
        }
        #[cfg(feature = "reqwest")]
        let default_fetcher = || {
            let fetcher = ReqwestFetcher::new(host.clone(), self.user_agent);
            Some(Arc::new(fetcher) as Arc<dyn KeyFetcher>)
        };
        #[cfg(not(feature = "reqwest"))]
        let default_fetcher = || None;
        let fetcher = self.fetcher.or_else(default_fetcher).ok_or(CallbackSetupError::NoKeyFetcher)?;
        Ok(CallbackVerifier {
            company_id: self.company_id,
            keys: KeyCache::new(policy, fetcher),
            replay: self.replay_window.map(ReplayWindow::new),
        })
    }
}

#[cfg(all(test, feature = "reqwest"))]
mod tests {
    use super::*;

    #[test]
    fn plain_http_to_another_machine_must_be_allowed() {
        let builder = || CallbackVerifier::builder("http://psa.example.com/v/apis/3.0", "acme");
        assert_eq!(builder().build().err(), Some(CallbackSetupError::PlainHttp));
        assert!(builder().allow_plain_http().build().is_ok());
        assert!(CallbackVerifier::new("http://127.0.0.1:8080/v/apis/3.0", "acme").is_ok());
    }
}
