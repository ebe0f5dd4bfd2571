//! Posts signed events to a URL.

use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::header::RETRY_AFTER;
use url::Url;

use crate::webhooks::delivery_error::DeliveryError;
use crate::webhooks::http_client;
use crate::webhooks::signature::Signer;

/// Maximum accepted delay from `Retry-After`, in seconds.
const MAX_RETRY_AFTER: u64 = 3600;

/// A URL to which events are posted.
pub struct HttpSink {
    url: Url,
    signer: Signer,
    timeout: Duration,
    client: OnceLock<Result<reqwest::Client, String>>,
}

impl HttpSink {
    /// Creates a sink for `url`, which must respond within `timeout`.
    pub fn new(url: Url, signer: Signer, timeout: Duration) -> Self {
        Self { url, signer, timeout, client: OnceLock::new() }
    }

    /// Posts an event. Any 2xx status is a success.
    ///
    /// # Errors
    /// Returns an error for any other status, or if no response arrives in time.
    pub async fn deliver(&self, id: &str, event: &[u8]) -> Result<(), DeliveryError> {
        let client = self.client.get_or_init(|| http_client::client(&self.url, self.timeout));
        let client = client.as_ref().map_err(|error| DeliveryError::new(error.clone()))?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let request = client
            .post(self.url.clone())
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", now)
            .header("webhook-signature", self.signer.sign(id, now, event))
            .body(event.to_vec());
        let response =
            request.send().await.map_err(|error| DeliveryError::new(http_client::detail(error)))?;
        if response.status().is_success() {
            return Ok(());
        }
        let wait = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        let after = wait.map(|seconds: u64| Duration::from_secs(seconds.min(MAX_RETRY_AFTER)));
        Err(DeliveryError { why: format!("the response has status {}", response.status().as_u16()), after })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use connectwise_psa::runtime::Secret;
    use wiremock::matchers::{method, path};
    use wiremock::{Mock, MockServer, ResponseTemplate};

    async fn post(answer: ResponseTemplate) -> (MockServer, HttpSink) {
        let server = MockServer::start().await;
        Mock::given(method("POST")).and(path("/events")).respond_with(answer).mount(&server).await;
        let url = Url::parse(&format!("{}/events", server.uri())).unwrap();
        let signer = Signer::new(&Secret::from("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).unwrap();
        (server, HttpSink::new(url, signer, Duration::from_millis(300)))
    }

    #[tokio::test]
    async fn receiver_can_verify_the_event() {
        let (server, post) = post(ResponseTemplate::new(204)).await;
        post.deliver("evt_1", b"{\"x\":1}").await.unwrap();
        let request = server.received_requests().await.unwrap().remove(0);
        let header = |name: &str| request.headers[name].to_str().unwrap().to_owned();
        assert_eq!(request.body, b"{\"x\":1}");
        assert_eq!(
            (header("webhook-id"), header("content-type")),
            ("evt_1".into(), "application/json".into())
        );
        let time: u64 = header("webhook-timestamp").parse().unwrap();
        assert_eq!(header("webhook-signature"), post.signer.sign("evt_1", time, b"{\"x\":1}"));
    }

    #[tokio::test]
    async fn failures_are_reported_and_redirects_are_not_followed() {
        for (answer, why, after) in [
            (ResponseTemplate::new(500), "the response has status 500", None),
            (ResponseTemplate::new(503).insert_header("retry-after", "7"), "503", Some(7)),
            (ResponseTemplate::new(429).insert_header("retry-after", "99999"), "429", Some(MAX_RETRY_AFTER)),
            (ResponseTemplate::new(307).insert_header("location", "/events"), "307", None),
            (ResponseTemplate::new(200).set_delay(Duration::from_secs(5)), "timed out", None),
        ] {
            let (server, post) = post(answer).await;
            let failed = post.deliver("evt_1", b"{}").await.unwrap_err();
            assert!(failed.why.contains(why) && !failed.why.contains("/events"), "{}", failed.why);
            assert_eq!(failed.after, after.map(Duration::from_secs));
            assert_eq!(server.received_requests().await.unwrap().len(), 1);
        }
    }
}
