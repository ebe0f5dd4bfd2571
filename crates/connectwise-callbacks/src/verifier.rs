//! Verifies callbacks of one account.

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

/// How long accepted callbacks are remembered, unless set otherwise.
const REPLAY_WINDOW: Duration = Duration::from_secs(7 * 24 * 3600);
/// Name and version of this crate.
#[cfg(feature = "reqwest")]
const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// Verifies callbacks of one account. Create one at startup and share it, since it caches keys.
pub struct CallbackVerifier {
    company_id: String,
    keys: KeyCache,
    replay: Option<ReplayWindow>,
}

/// Settings of a [`CallbackVerifier`].
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
    /// Creates a verifier for the account of a company. `base_url` is that of the account's API, such as
    /// `https://api-na.myconnectwise.net/v4_6_release/apis/3.0`; `company_id` is the company of the login.
    ///
    /// # Errors
    /// Returns an error if `base_url` is invalid.
    pub fn new(base_url: &str, company_id: &str) -> Result<Self, CallbackSetupError> {
        Self::builder(base_url, company_id).build()
    }

    /// Returns a builder with further settings.
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

    /// Verifies a request. `body` must be the bytes that were received: JSON that was parsed and serialized again has
    /// another signature.
    ///
    /// # Errors
    /// Returns the reason for the rejection. [`CallbackError::status`] is the status to respond with.
    pub async fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Result<CallbackEvent, CallbackError> {
        let signature = headers.get(SIGNATURE_HEADER).ok_or(CallbackError::Unsigned)?;
        self.verify_signature(signature.to_str().map_err(|_| CallbackError::WrongSignature)?, body).await
    }

    /// Verifies a request, given the value of its header [`SIGNATURE_HEADER`].
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

    /// Forgets a verified event, so that the same callback is accepted once more. Call this if the event could not be
    /// processed, and respond with a status after which ConnectWise retries, such as 429.
    pub fn forget(&self, event: &CallbackEvent) {
        if let Some(window) = &self.replay {
            window.forget(&event.id);
        }
    }
}

impl CallbackVerifierBuilder {
    /// Adds a host that the account's keys may be fetched from over HTTPS, such as `na.myconnectwise.net`. The host of the
    /// base URL is always allowed, and so is the key host of a region of ConnectWise's cloud.
    pub fn key_host(mut self, host: &str) -> Self {
        self.key_hosts.push(host.to_owned());
        self
    }

    /// Fetches keys with an HTTP client of your own. Without the feature `reqwest`, this is required.
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

    /// Sets how long accepted callbacks are remembered; seven days by default. A signature contains no time, so a callback
    /// that is sent again later is accepted.
    pub fn replay_window(mut self, period: Duration) -> Self {
        self.replay_window = Some(period);
        self
    }

    /// Remembers no accepted callbacks. Deduplicate by [`CallbackEvent::id`] instead, for example if several replicas share
    /// a database.
    pub fn without_replay_window(mut self) -> Self {
        self.replay_window = None;
        self
    }

    /// Allows a base URL with unencrypted HTTP to another machine. Anyone on the way can then forge keys. HTTP to this
    /// machine is always allowed.
    pub fn allow_plain_http(mut self) -> Self {
        self.allow_plain_http = true;
        self
    }

    /// Creates the verifier.
    ///
    /// # Errors
    /// Returns an error if the base URL or a key host is invalid, or if nothing fetches keys.
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
