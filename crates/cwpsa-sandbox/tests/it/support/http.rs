//! Helpers for network tests: a server with a fake engine, and requests to it.

use std::sync::Arc;

use connectwise_psa::runtime::Value;
use connectwise_psa::runtime::serde_json;
use cwpsa_sandbox::server::{MockServer, MockServerSettings, serve};
use http::{HeaderMap, Method};

use super::fake_engine::FakeEngine;

/// `acme+public:private`, base64.
pub const AUTHORIZATION: &str = "Basic YWNtZStwdWJsaWM6cHJpdmF0ZQ==";

/// Starts a server with the fake engine.
pub async fn server(settings: MockServerSettings) -> (MockServer, Arc<FakeEngine>) {
    let store = Arc::new(FakeEngine::default());
    let server = serve(store.clone(), settings).await.expect("a free port");
    (server, store)
}

/// A complete response.
#[derive(Debug)]
pub struct HttpReply {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl HttpReply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }
}

/// Sends a request; the error describes how the connection failed.
pub async fn send(method: Method, url: &str, body: Option<Value>) -> Result<HttpReply, String> {
    send_with(method, url, body, &[("authorization", AUTHORIZATION), ("clientid", "a-client")]).await
}

/// Sends a request with certain headers.
pub async fn send_with(
    method: Method,
    url: &str,
    body: Option<Value>,
    headers: &[(&str, &str)],
) -> Result<HttpReply, String> {
    static CLIENT: std::sync::LazyLock<()> = std::sync::LazyLock::new(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    std::sync::LazyLock::force(&CLIENT);
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let mut request = client.request(method, url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if let Some(body) = body {
        request = request.header("content-type", "application/json").body(body.to_string());
    }
    let response = request.send().await.map_err(|error| format!("{error:?}"))?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.map_err(|error| format!("{error:?}"))?;
    Ok(HttpReply { status, headers, text })
}

/// Sends a GET request.
pub async fn get(url: &str) -> HttpReply {
    send(Method::GET, url, None).await.expect("an answer")
}
