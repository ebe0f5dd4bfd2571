//! A client that imitates Truto's SDK, a server for it, and a mock API.

use reqwest::{Client, Method, Response};
use serde_json::Value;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{TOKEN, serve, settings};

/// The SDK, with the server that it talks to.
pub struct Sdk {
    pub client: Client,
    pub base: String,
    pub upstream: MockServer,
    _settings: tempfile::NamedTempFile,
}

impl Sdk {
    pub async fn new(flags: &[&str]) -> Self {
        // Of several clients in one process, only the first installs it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let upstream = MockServer::start().await;
        let settings = settings(&upstream);
        let base = format!("http://{}", serve(&settings, flags).await);
        Self { client: Client::new(), base, upstream, _settings: settings }
    }

    pub async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Response {
        let mut request = self
            .client
            .request(method, format!("{}{path}", self.base))
            .header("authorization", format!("Bearer {TOKEN}"))
            .header("accept", "application/json")
            .header("user-agent", "truto-ts-sdk/2.0.12");
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await.unwrap()
    }

    pub async fn answers(&self, verb: &str, at: &str, response: ResponseTemplate) {
        Mock::given(method(verb)).and(path(at)).respond_with(response).mount(&self.upstream).await;
    }
}

/// Returns a successful API response.
pub fn ok(body: Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}
