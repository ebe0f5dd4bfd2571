//! What the tests of the network share: a stand-in of the engine, and requests to it.
#![allow(dead_code, reason = "each test uses a part of it")]

pub mod store;

use std::sync::Arc;

use connectwise_psa::runtime::Value;
use connectwise_psa::runtime::serde_json;
use cwpsa_sandbox::serve::{Server, ServerSettings, serve};
use http::{HeaderMap, Method};

pub use store::Store;

/// `acme+public:private`, base64.
pub const AUTHORIZATION: &str = "Basic YWNtZStwdWJsaWM6cHJpdmF0ZQ==";

/// A server around the stand-in.
pub async fn server(settings: ServerSettings) -> (Server, Arc<Store>) {
    let store = Arc::new(Store::default());
    let server = serve(store.clone(), settings).await.expect("a free port");
    (server, store)
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Got {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Got {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }
}

/// Sends a request; an error says how the connection failed.
pub async fn send(method: Method, url: &str, body: Option<Value>) -> Result<Got, String> {
    send_with(method, url, body, &[("authorization", AUTHORIZATION), ("clientid", "a-client")]).await
}

/// Sends a request with certain headers.
pub async fn send_with(
    method: Method,
    url: &str,
    body: Option<Value>,
    headers: &[(&str, &str)],
) -> Result<Got, String> {
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
    Ok(Got { status, headers, text })
}

/// Reads.
pub async fn get(url: &str) -> Got {
    send(Method::GET, url, None).await.expect("an answer")
}
