//! Posting, with the API's rules: who may be posted to, how long an answer may take, what is tried again.

use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use connectwise_psa::runtime::outgoing::no_certificates;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use url::{Host, Url};

use super::{CallbackSettings, sign};

/// Posts callbacks.
pub(super) struct Courier {
    settings: CallbackSettings,
    /// Made at the first delivery, so that a server without callbacks starts no slower for it.
    client: OnceLock<Result<reqwest::Client, String>>,
}

/// What became of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Delivered {
        attempts: usize,
        status: u16,
    },
    Failed {
        attempts: usize,
        reason: String,
    },
    /// The address is not a loopback address, and no other is allowed.
    Forbidden,
}

impl Outcome {
    /// Whether it was delivered, how often it was tried, and in what words it ended.
    pub(super) fn told(&self) -> (bool, usize, String) {
        match self {
            Self::Delivered { attempts, status } => (true, *attempts, status.to_string()),
            Self::Failed { attempts, reason } => (false, *attempts, reason.clone()),
            Self::Forbidden => {
                let said = "not sent: only loopback addresses are allowed, see --allow-callbacks-to-anyone";
                (false, 0, said.to_owned())
            }
        }
    }
}

impl Courier {
    pub(super) fn new(settings: CallbackSettings) -> Self {
        Self { settings, client: OnceLock::new() }
    }

    /// Posts a body. Any 2xx is a success; 404, 409, 419 and 429 are tried again, nothing else is.
    pub(super) async fn deliver(&self, url: &str, signature: &str, body: Bytes) -> Outcome {
        let failed = |attempts: usize, reason: String| Outcome::Failed { attempts, reason };
        let url = match Url::parse(url) {
            Ok(url) => url,
            Err(error) => return failed(0, format!("the URL is none: {error}")),
        };
        if !self.settings.to_anyone && !is_loopback(&url) {
            return Outcome::Forbidden;
        }
        let client = match self.client.get_or_init(|| client(&self.settings)) {
            Ok(client) => client,
            Err(error) => return failed(0, error.clone()),
        };
        let mut pauses = self.settings.retry_after.iter();
        for attempt in 1.. {
            let request = client
                .post(url.clone())
                .header(CONTENT_TYPE, "application/json")
                .header(sign::HEADER, signature)
                .body(body.clone());
            let status = match request.send().await {
                Ok(response) => response.status(),
                Err(error) if error.is_timeout() => return failed(attempt, "no answer in time".to_owned()),
                Err(error) => return failed(attempt, format!("no answer: {}", error.without_url())),
            };
            if status.is_success() {
                return Outcome::Delivered { attempts: attempt, status: status.as_u16() };
            }
            match pauses.next().filter(|_| again(status)) {
                Some(pause) => tokio::time::sleep(*pause).await,
                None => return failed(attempt, status.as_u16().to_string()),
            }
        }
        failed(0, "never tried".to_owned())
    }
}

fn again(status: StatusCode) -> bool {
    matches!(status.as_u16(), 404 | 409 | 419 | 429)
}

/// Whether the URL's host is this machine, by its look alone: names other than `localhost` are not looked up.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
        Some(Host::Domain(name)) => name.trim_end_matches('.').eq_ignore_ascii_case("localhost"),
        None => false,
    }
}

/// Redirects are not followed: they could lead away from a loopback address.
fn client(settings: &CallbackSettings) -> Result<reqwest::Client, String> {
    // If the process has chosen a provider already, that one stays.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut client = reqwest::Client::builder()
        .user_agent("cwpsa-sandbox")
        .timeout(settings.timeout.max(Duration::from_millis(1)))
        .redirect(reqwest::redirect::Policy::none());
    if !settings.to_anyone {
        client = client.no_proxy().tls_backend_preconfigured(no_certificates()?);
    }
    client.build().map_err(|error| format!("the transport can't be set up: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_this_machine() {
        for (url, loopback) in [
            ("http://127.0.0.1:8080/x", true),
            ("http://127.8.9.1/x", true),
            ("http://localhost/x", true),
            ("http://LOCALHOST./x", true),
            ("http://[::1]:1/x", true),
            ("http://[::ffff:127.0.0.1]/x", true),
            ("http://0x7f.1/x", true),
            ("http://localhost.example.com/x", false),
            ("http://127.0.0.1.example.com/x", false),
            ("http://10.0.0.1/x", false),
            ("http://0.0.0.0/x", false),
            ("http://user@example.com/127.0.0.1", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(url).expect("a URL")), loopback, "{url}");
        }
    }
}
