//! Tests which callbacks a verifier accepts and which it rejects.

use std::time::Duration;

use connectwise_callbacks::{
    CallbackAction, CallbackError, CallbackVerifier, KeyFetcher, KeyFuture, KeyResponse, KeyUrlError,
    RecordType,
};
use http::HeaderMap;
use serde::Deserialize;
use serde_json::json;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::host::{MockHost, SignedCallback};

async fn verify(
    verifier: &CallbackVerifier,
    callback: &SignedCallback,
) -> Result<connectwise_callbacks::CallbackEvent, CallbackError> {
    let mut headers = HeaderMap::new();
    headers.insert("x-content-signature", callback.signature.parse().unwrap());
    verifier.verify(&headers, &callback.body).await
}

#[tokio::test]
async fn signed_callback_becomes_a_typed_event() {
    #[derive(Deserialize)]
    struct Ticket {
        summary: String,
    }

    let host = MockHost::start().await;
    let verifier = host.builder().build().unwrap();
    let event = verify(&verifier, &host.callback("m1")).await.unwrap();
    assert_eq!(
        (event.action.clone(), event.record_type.clone()),
        (CallbackAction::Updated, RecordType::Ticket)
    );
    assert_eq!((event.record_id, event.callback_id), (8812, Some(5)));
    assert_eq!(event.member_id.as_deref(), Some("Admin1"));
    assert_eq!(event.entity_as::<Ticket>().unwrap().unwrap().summary, "It beeps");
    assert!(event.entity_as::<Vec<u8>>().is_err());

    let mut deleted = host.body("m2");
    deleted["Action"] = json!("deleted");
    deleted["Entity"] = json!(null);
    let event = verify(&verifier, &SignedCallback::new(&deleted)).await.unwrap();
    assert_eq!((event.action.clone(), event.entity.clone()), (CallbackAction::Deleted, None));
    assert!(event.entity_as::<Ticket>().unwrap().is_none());
    assert_eq!(host.key_requests().await, 1, "the key is cached");
}

#[tokio::test]
async fn callbacks_that_the_account_did_not_sign_are_rejected() {
    let host = MockHost::start().await;
    let verifier = host.builder().build().unwrap();
    let callback = host.callback("m1");
    assert_eq!(verifier.verify(&HeaderMap::new(), &callback.body).await, Err(CallbackError::Unsigned));
    let tampered = SignedCallback { body: host.body("m2").to_string().into_bytes(), ..callback };
    assert_eq!(verify(&verifier, &tampered).await, Err(CallbackError::WrongSignature));
    let odd = SignedCallback { body: b"[]".to_vec(), ..tampered };
    assert!(matches!(verify(&verifier, &odd).await, Err(CallbackError::Malformed(_))));
    let mut headers = HeaderMap::new();
    headers.insert("x-content-signature", http::HeaderValue::from_bytes(b"\xff").unwrap());
    let callback = host.callback("m1");
    assert_eq!(verifier.verify(&headers, &callback.body).await, Err(CallbackError::WrongSignature));
}

#[tokio::test]
async fn keys_for_other_hosts_and_companies_are_not_requested() {
    let host = MockHost::start().await;
    let verifier = host.builder().build().unwrap();
    let stranger = MockServer::start().await;
    let key = ResponseTemplate::new(200).set_body_json(json!({"signing_key": "a-signing-key"}));
    Mock::given(any()).respond_with(key).mount(&stranger).await;
    let own_url = host.body("m1")["Metadata"]["key_url"].as_str().unwrap().to_owned();
    for (key_url, error) in [
        (own_url.replace(&host.0.uri(), &stranger.uri()), KeyUrlError::Host),
        (own_url.replace("acme", "other"), KeyUrlError::Company),
        (own_url.replace("http://", "http://user@"), KeyUrlError::Credentials),
        (own_url.replace("index.rails", "other.rails"), KeyUrlError::Path),
        ("http://169.254.169.254/latest/meta-data".to_owned(), KeyUrlError::Host),
    ] {
        let mut forged = host.body("m1");
        forged["Metadata"]["key_url"] = json!(key_url);
        let result = verify(&verifier, &SignedCallback::new(&forged)).await;
        assert_eq!(result, Err(CallbackError::ForeignKey(error)), "{key_url}");
    }
    assert_eq!((host.key_requests().await, stranger.received_requests().await.unwrap().len()), (0, 0));
}

#[tokio::test]
async fn callback_is_accepted_once_unless_it_is_forgotten() {
    let host = MockHost::start().await;
    let verifier = host.builder().replay_window(Duration::from_secs(3600)).build().unwrap();
    let callback = host.callback("m1");
    let event = verify(&verifier, &callback).await.unwrap();
    let replay = verify(&verifier, &callback).await.unwrap_err();
    assert_eq!((replay.clone(), replay.status().as_u16()), (CallbackError::Replay, 200));
    verifier.forget(&event);
    assert_eq!(verify(&verifier, &callback).await.as_ref(), Ok(&event));
    assert!(verify(&verifier, &host.callback("m2")).await.is_ok());

    let verifier = host.builder().without_replay_window().build().unwrap();
    for _ in 0..2 {
        assert_eq!(verify(&verifier, &callback).await.as_ref(), Ok(&event));
    }
}

#[tokio::test]
async fn unavailable_key_is_a_reason_to_retry() {
    let host = MockHost(MockServer::start().await);
    Mock::given(any()).respond_with(ResponseTemplate::new(503)).mount(&host.0).await;
    let verifier = host.builder().user_agent("example/1.0").build().unwrap();
    let error = verify(&verifier, &host.callback("m1")).await.unwrap_err();
    assert_eq!((error.code(), error.status().as_u16()), ("key_unavailable", 429));
    let requests = host.0.received_requests().await.unwrap();
    assert_eq!(requests[0].headers["user-agent"], "example/1.0");
}

/// A fetcher with the key for a single URL.
struct OneKey(String);

impl KeyFetcher for OneKey {
    fn fetch<'f>(&'f self, url: &'f str) -> KeyFuture<'f> {
        Box::pin(async move {
            if url != self.0 {
                return Err("out of reach".into());
            }
            Ok(KeyResponse { status: 200, body: br#"{"signing_key": "a-signing-key"}"#.to_vec() })
        })
    }
}

#[tokio::test]
async fn keys_can_come_from_a_custom_fetcher() {
    let host = MockHost::start().await;
    let url = host.body("m1")["Metadata"]["key_url"].as_str().unwrap().to_owned();
    let verifier = host.builder().key_fetcher(OneKey(url)).build().unwrap();
    assert!(verify(&verifier, &host.callback("m1")).await.is_ok());
    let verifier = host.builder().key_fetcher(OneKey(String::new())).build().unwrap();
    let error = verify(&verifier, &host.callback("m1")).await.unwrap_err();
    assert_eq!(error, CallbackError::KeyUnavailable("out of reach".to_owned()));
    assert_eq!(host.key_requests().await, 0);
}
