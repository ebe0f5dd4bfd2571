//! A mock host that serves signing keys, and callbacks signed with them.

use connectwise_callbacks::{CallbackVerifier, CallbackVerifierBuilder, SigningKey};
use serde_json::{Value, json};
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// The account's signing key.
const KEY: &str = "a-signing-key";
const KEY_PATH: &str = "/v2025_1//system/callbackkey/index.rails";

pub(crate) struct MockHost(pub(crate) MockServer);

/// A body and its signature.
pub(crate) struct SignedCallback {
    pub(crate) body: Vec<u8>,
    pub(crate) signature: String,
}

impl MockHost {
    /// Starts a host with the key `k` for the company `acme`.
    pub(crate) async fn start() -> Self {
        let server = MockServer::start().await;
        Mock::given(method("GET"))
            .and(path(KEY_PATH))
            .and(query_param("companyName", "acme"))
            .and(query_param("id", "k"))
            .respond_with(ResponseTemplate::new(200).set_body_json(json!({"signing_key": KEY})))
            .mount(&server)
            .await;
        Self(server)
    }

    pub(crate) fn builder(&self) -> CallbackVerifierBuilder {
        CallbackVerifier::builder(&format!("{}/v4_6_release/apis/3.0", self.0.uri()), "acme")
    }

    pub(crate) async fn key_requests(&self) -> usize {
        self.0.received_requests().await.unwrap().len()
    }

    /// Returns the body of a callback for a ticket.
    pub(crate) fn body(&self, message_id: &str) -> Value {
        json!({
            "MessageId": message_id, "FromUrl": "psa.example.com", "CompanyId": "acme", "MemberId": "Admin1",
            "Action": "updated", "Type": "ticket", "ID": 8812, "CallbackObjectRecId": 5,
            "Entity": json!({"id": 8812, "summary": "It beeps"}).to_string(),
            "Metadata": {"key_url": format!("{}{KEY_PATH}?companyName=acme&id=k", self.0.uri())},
        })
    }

    pub(crate) fn callback(&self, message_id: &str) -> SignedCallback {
        SignedCallback::new(&self.body(message_id))
    }
}

impl SignedCallback {
    pub(crate) fn new(body: &Value) -> Self {
        let body = body.to_string().into_bytes();
        Self { signature: SigningKey::new(KEY).sign(&body), body }
    }
}
