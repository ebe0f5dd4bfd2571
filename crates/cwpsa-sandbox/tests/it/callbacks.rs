//! Tests callbacks over real connections: what a receiver gets, when a delivery is retried, and when a callback is
//! disabled.

use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use connectwise_psa::runtime::Value;
use connectwise_psa::runtime::serde_json::{self, json};
use cwpsa_sandbox::CallbackSettings;
use cwpsa_sandbox::server::{MockServer, MockServerSettings};
use hmac::{Hmac, KeyInit, Mac};
use http::Method;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{self, UnboundedReceiver};
use toolcrate_testing::wait::wait_for;

use crate::support::fake_engine::FakeEngine;
use crate::support::http::{get, send, server};

/// A request received by a receiver.
struct CallbackPost {
    at: Instant,
    line: String,
    signature: String,
    body: Vec<u8>,
}

/// Starts a receiver that responds with these statuses, repeating the last one; 0 means no response.
async fn receiver(statuses: &'static [u16]) -> (String, UnboundedReceiver<CallbackPost>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (posts, received) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut statuses = statuses.iter();
        let mut last = 200;
        loop {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let (mut head, mut byte) = (Vec::new(), [0]);
            while !head.ends_with(b"\r\n\r\n") {
                if stream.read(&mut byte).await.unwrap_or_default() == 0 {
                    break;
                }
                head.push(byte[0]);
            }
            let head = String::from_utf8(head).expect("text");
            let header = |name: &str| {
                let mut lines = head.lines().filter_map(|line| line.split_once(':'));
                lines
                    .find(|(key, _)| key.eq_ignore_ascii_case(name))
                    .map(|(_, value)| value.trim().to_owned())
            };
            let length = header("content-length").and_then(|text| text.parse().ok()).unwrap_or_default();
            let mut body = vec![0; length];
            stream.read_exact(&mut body).await.expect("a body");
            let line = head.lines().next().unwrap_or_default().to_owned();
            let signature = header("x-content-signature").unwrap_or_default();
            let _ = posts.send(CallbackPost { at: Instant::now(), line, signature, body });
            last = *statuses.next().unwrap_or(&last);
            if last == 0 {
                tokio::spawn(async move {
                    std::future::pending::<()>().await;
                    drop(stream);
                });
                continue;
            }
            let answer = format!("HTTP/1.1 {last} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (format!("http://{address}/hook?recordId="), received)
}

/// The API's settings, but with shorter retry delays.
fn fast_retries() -> MockServerSettings {
    let callbacks = CallbackSettings {
        retry_delays: vec![Duration::from_millis(100), Duration::from_millis(200)],
        ..CallbackSettings::default()
    };
    MockServerSettings { callbacks, ..MockServerSettings::default() }
}

fn subscribe(store: &FakeEngine, url: &str) {
    store.put("/system/callbacks", json!({"type": "ticket", "level": "owner", "objectId": 1, "url": url}));
}

async fn create(server: &MockServer) -> Value {
    let url = format!("{}/service/tickets", server.base_url());
    send(Method::POST, &url, Some(json!({"summary": "Zoë"}))).await.expect("an answer").json()
}

async fn next(posts: &mut UnboundedReceiver<CallbackPost>) -> CallbackPost {
    tokio::time::timeout(Duration::from_secs(30), posts.recv())
        .await
        .expect("a post in time")
        .expect("a post")
}

/// Returns the deliveries once there are `count`.
async fn deliveries(server: &MockServer, count: usize) -> Vec<Value> {
    wait_for("deliveries", async || Some(server.deliveries()).filter(|deliveries| deliveries.len() >= count))
        .await
}

#[test]
fn default_settings_match_the_api() {
    let settings = CallbackSettings::default();
    assert_eq!(settings.timeout, Duration::from_secs(5));
    assert_eq!(settings.retry_delays, [Duration::from_secs(2), Duration::from_secs(4)]);
    assert_eq!(settings.disable_after, Duration::from_secs(259_200));
    assert!(!settings.allow_any_address);
}

#[tokio::test]
async fn receiver_gets_and_can_verify_each_change() {
    let (server, store) = server(fast_retries()).await;
    let (url, mut posts) = receiver(&[200]).await;
    subscribe(&store, &url);
    let ticket = create(&server).await;
    let post = next(&mut posts).await;
    assert_eq!(post.line, "POST /hook?recordId=1&action=added HTTP/1.1");
    let body: Value = serde_json::from_slice(&post.body).expect("JSON");
    assert_eq!((&body["Action"], &body["ID"], &body["Type"]), (&json!("added"), &json!(1), &json!("ticket")));
    let entity: Value = serde_json::from_str(body["Entity"].as_str().expect("text")).expect("JSON");
    assert_eq!(entity, ticket);

    // Verifies like a receiver, with the key from the key URL.
    let key_url = body["Metadata"]["key_url"].as_str().expect("an address");
    let key = get(key_url).await.json()["signing_key"].as_str().expect("a key").to_owned();
    let mac = Hmac::<Sha256>::new_from_slice(&Sha256::digest(key.as_bytes())).expect("a key");
    let signature = BASE64_STANDARD.decode(&post.signature).expect("base64");
    mac.clone().chain_update(&post.body).verify_slice(&signature).expect("the signature is right");
    assert!(mac.chain_update(b"other").verify_slice(&signature).is_err());

    let one = format!("{}/service/tickets/1", server.base_url());
    send(Method::PATCH, &one, Some(json!([{"op": "replace", "path": "summary", "value": "y"}])))
        .await
        .expect("an answer");
    let post = next(&mut posts).await;
    assert!(post.line.ends_with("recordId=1&action=updated HTTP/1.1"), "{}", post.line);
    send(Method::DELETE, &one, None).await.expect("an answer");
    let post = next(&mut posts).await;
    let body: Value = serde_json::from_slice(&post.body).expect("JSON");
    assert_eq!((&body["Action"], &body["Entity"]), (&json!("deleted"), &Value::Null));
    let told = get(&format!("http://{}/_sandbox/callbacks", server.address())).await.json();
    assert_eq!(told.as_array().map(Vec::len), Some(deliveries(&server, 3).await.len()));
}

#[tokio::test]
async fn receivers_temporary_failures_are_retried() {
    for (statuses, attempts, delivered) in [
        (&[404, 429, 200][..], 3, true),
        (&[409, 419, 404][..], 3, false),
        (&[500][..], 1, false),
        (&[301][..], 1, false),
        (&[0][..], 1, false),
    ] {
        let mut settings = fast_retries();
        if statuses == [0] {
            settings.callbacks.timeout = Duration::from_millis(300);
        }
        let (server, store) = server(settings).await;
        let (url, mut posts) = receiver(statuses).await;
        subscribe(&store, &url);
        create(&server).await;
        let last = deliveries(&server, 1).await.remove(0);
        assert_eq!((&last["delivered"], &last["attempts"]), (&json!(delivered), &json!(attempts)), "{last}");
        let mut got = Vec::new();
        while let Ok(post) = posts.try_recv() {
            got.push(post);
        }
        assert_eq!(got.len(), attempts, "{statuses:?}");
        for pair in got.windows(2) {
            assert_eq!(pair[0].body, pair[1].body);
        }
        if let [first, second, third] = &got[..] {
            assert!(second.at - first.at >= Duration::from_millis(100));
            assert!(third.at - second.at >= Duration::from_millis(200));
        }
    }
}

#[tokio::test]
async fn callback_that_keeps_failing_is_disabled() {
    let mut settings = fast_retries();
    settings.callbacks.disable_after = Duration::ZERO;
    let (server, store) = server(settings).await;
    let (failing_url, mut failing_posts) = receiver(&[500]).await;
    subscribe(&store, &failing_url);
    create(&server).await;
    assert_eq!(deliveries(&server, 1).await[0]["disabled"], true);
    next(&mut failing_posts).await;
    assert_eq!(cwpsa_sandbox::server::MockEngine::callbacks(&*store)[0]["inactiveFlag"], true);
    // Later changes are delivered only to the other callback.
    let (url, mut posts) = receiver(&[200]).await;
    subscribe(&store, &url);
    create(&server).await;
    next(&mut posts).await;
    assert_eq!(deliveries(&server, 2).await.len(), 2);
    assert!(failing_posts.try_recv().is_err());
}

#[tokio::test]
async fn callback_that_has_just_failed_stays_active() {
    let (server, store) = server(fast_retries()).await;
    let (url, _posts) = receiver(&[500]).await;
    subscribe(&store, &url);
    create(&server).await;
    create(&server).await;
    let deliveries = deliveries(&server, 2).await;
    assert!(deliveries.iter().all(|delivery| delivery["disabled"] == false), "{deliveries:?}");
}

#[tokio::test]
async fn only_loopback_addresses_are_called() {
    let (server, store): (_, Arc<FakeEngine>) = server(fast_retries()).await;
    subscribe(&store, "http://192.0.2.1/hook?recordId=");
    subscribe(&store, "no address");
    create(&server).await;
    let told = deliveries(&server, 2).await;
    let outcome = |callback: i64| {
        told.iter()
            .find(|told| told["callback"] == callback)
            .map(|told| told["outcome"].to_string())
            .unwrap_or_default()
    };
    assert!(outcome(1).contains("only loopback addresses"), "{told:?}");
    assert!(outcome(2).contains("invalid URL"), "{told:?}");
}
