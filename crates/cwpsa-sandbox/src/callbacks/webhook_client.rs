//! Posts callbacks following the API's rules: which URLs are allowed, how long to wait for a response, and when to
//! retry.

use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use connectwise_callbacks::{SIGNATURE_HEADER, is_loopback};
use connectwise_psa::runtime::tls::without_certificates;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use url::Url;

use super::settings::CallbackSettings;

/// Minimum timeout of a request, so zero doesn't mean no timeout.
const MIN_TIMEOUT: Duration = Duration::from_millis(1);

/// Posts callbacks.
pub(super) struct WebhookClient {
    settings: CallbackSettings,
    /// Created on the first delivery, so a server without callbacks starts faster.
    client: OnceLock<Result<reqwest::Client, String>>,
}

/// The result of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum DeliveryOutcome {
    Delivered {
        attempts: usize,
        status: u16,
    },
    Failed {
        attempts: usize,
        reason: String,
    },
    /// The address isn't a loopback address, and no others are allowed.
    Forbidden,
}

impl DeliveryOutcome {
    pub(super) fn is_delivered(&self) -> bool {
        matches!(self, Self::Delivered { .. })
    }

    /// Returns how many requests were sent.
    pub(super) fn attempts(&self) -> usize {
        match self {
            Self::Delivered { attempts, .. } | Self::Failed { attempts, .. } => *attempts,
            Self::Forbidden => 0,
        }
    }
}

impl fmt::Display for DeliveryOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delivered { status, .. } => status.fmt(f),
            Self::Failed { reason, .. } => f.write_str(reason),
            Self::Forbidden => {
                f.write_str("not sent: only loopback addresses are allowed; see --allow-callbacks-to-anyone")
            }
        }
    }
}

impl WebhookClient {
    pub(super) fn new(settings: CallbackSettings) -> Self {
        Self { settings, client: OnceLock::new() }
    }

    /// Posts a body. Any 2xx is a success; only 404, 409, 419 and 429 are retried.
    pub(super) async fn deliver(&self, url: &str, signature: &str, body: Bytes) -> DeliveryOutcome {
        let failed = |attempts: usize, reason: String| DeliveryOutcome::Failed { attempts, reason };
        let url = match Url::parse(url) {
            Ok(url) => url,
            Err(error) => return failed(0, format!("invalid URL: {error}")),
        };
        if !self.settings.allow_any_address && !is_loopback(&url) {
            return DeliveryOutcome::Forbidden;
        }
        let client = match self.client.get_or_init(|| client(&self.settings)) {
            Ok(client) => client,
            Err(error) => return failed(0, error.clone()),
        };
        let mut delays = self.settings.retry_delays.iter();
        for attempt in 1.. {
            let request = client
                .post(url.clone())
                .header(CONTENT_TYPE, "application/json")
                .header(SIGNATURE_HEADER, signature)
                .body(body.clone());
            let status = match request.send().await {
                Ok(response) => response.status(),
                Err(error) if error.is_timeout() => return failed(attempt, "no response in time".to_owned()),
                Err(error) => return failed(attempt, format!("no response: {}", error.without_url())),
            };
            if status.is_success() {
                return DeliveryOutcome::Delivered { attempts: attempt, status: status.as_u16() };
            }
            match delays.next().filter(|_| is_retried(status)) {
                Some(delay) => tokio::time::sleep(*delay).await,
                None => return failed(attempt, status.as_u16().to_string()),
            }
        }
        failed(0, "not sent".to_owned())
    }
}

fn is_retried(status: StatusCode) -> bool {
    matches!(status.as_u16(), 404 | 409 | 419 | 429)
}

/// Redirects aren't followed: they could lead away from a loopback address.
fn client(settings: &CallbackSettings) -> Result<reqwest::Client, String> {
    // A provider that the process has already installed is kept.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut client = reqwest::Client::builder()
        .user_agent("cwpsa-sandbox")
        .timeout(settings.timeout.max(MIN_TIMEOUT))
        .redirect(reqwest::redirect::Policy::none());
    if !settings.allow_any_address {
        client = client.no_proxy().tls_backend_preconfigured(without_certificates()?);
    }
    client.build().map_err(|error| format!("can't create the HTTP client: {error}"))
}
