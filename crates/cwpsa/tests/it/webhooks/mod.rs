//! Tests webhooks end to end: a sandbox signs and posts callbacks for its changes, and the server verifies the
//! callbacks and delivers the events to a program and to a URL. The tests also post callbacks that the server must
//! reject.

mod copies;
mod hooks;
mod mcp;
mod recovery;
mod restart;
#[cfg(unix)]
mod stopping;

use std::net::SocketAddr;
use std::path::Path;

use crate::support::serve;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use hooks::{SECRET, Sandbox, lines, settings_of, try_serve, until, until_handed_on};
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use wiremock::matchers::{any, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn client() -> Client {
    // Of several clients in one process, only the first installs it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::new()
}

/// Returns a command that appends each event to a file.
fn to_file(file: &Path) -> String {
    let line = json!(["sh", "-c", "cat >> \"$1\"", "sh", file]);
    format!("command = {line}")
}

async fn post(address: SocketAddr, account: &str, body: &[u8], signature: Option<&str>) -> Response {
    let mut request = client().post(format!("http://{address}/webhooks/{account}?recordId=1&action=updated"));
    if let Some(signature) = signature {
        request = request.header("x-content-signature", signature);
    }
    request.header("content-type", "application/json").body(body.to_vec()).send().await.unwrap()
}

fn sign(key: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(&Sha256::digest(key)).unwrap();
    mac.update(body);
    STANDARD.encode(mac.finalize().into_bytes())
}

async fn counted(address: SocketAddr) -> String {
    let request = client().get(format!("http://{address}/metrics")).bearer_auth(crate::support::TOKEN);
    request.send().await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn change_is_delivered_to_the_command_and_the_url() {
    let sandbox = Sandbox::start().await;
    let receiver = MockServer::start().await;
    // It fails once.
    Mock::given(path("/events"))
        .respond_with(ResponseTemplate::new(503))
        .up_to_n_times(1)
        .with_priority(1)
        .mount(&receiver)
        .await;
    Mock::given(method("POST"))
        .and(path("/events"))
        .respond_with(ResponseTemplate::new(200))
        .mount(&receiver)
        .await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events");
    let table = format!(
        "{}\npost = \"{}/events\"\nsecret = \"{SECRET}\"\nretry_seconds = 1",
        to_file(&file),
        receiver.uri()
    );
    let address = serve(&settings_of(&sandbox, &table), &[]).await;
    sandbox.register(&format!("http://{address}/webhooks/acme?recordId=")).await;
    let id = sandbox.change_a_ticket("It beeps").await;

    let events = until(async || Some(lines(&file)).filter(|events| !events.is_empty())).await;
    let event = &events[0];
    assert_eq!(
        (&event["account"], &event["type"], &event["action"]),
        (&json!("acme"), &json!("ticket"), &json!("updated"))
    );
    assert_eq!((&event["record_id"], &event["entity"]["id"]), (&json!(id), &json!(id)));
    assert_eq!(event["entity"]["summary"], "It beeps");

    let requests = until(async || {
        let requests = receiver.received_requests().await.unwrap();
        (requests.len() == 2).then_some(requests)
    })
    .await;
    let key = STANDARD.decode(SECRET.strip_prefix("whsec_").unwrap()).unwrap();
    for request in &requests {
        let header = |name: &str| request.headers[name].to_str().unwrap().to_owned();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("{}.{}.", header("webhook-id"), header("webhook-timestamp")).as_bytes());
        mac.update(&request.body);
        assert_eq!(
            header("webhook-signature"),
            format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
        );
        assert_eq!(serde_json::from_slice::<Value>(&request.body).unwrap(), *event);
        assert_eq!(header("webhook-id"), event["event_id"].as_str().unwrap());
    }
    let counted = until(async || {
        Some(counted(address).await).filter(|text| text.contains("to=\"post\",outcome=\"delivered\""))
    })
    .await;
    for line in [
        "cwpsa_webhooks_total{account=\"acme\",outcome=\"received\"} 1",
        "cwpsa_webhook_deliveries_total{account=\"acme\",to=\"command\",outcome=\"delivered\"} 1",
        "cwpsa_webhook_deliveries_total{account=\"acme\",to=\"post\",outcome=\"failed\"} 1",
        "cwpsa_webhook_deliveries_total{account=\"acme\",to=\"post\",outcome=\"delivered\"} 1",
    ] {
        assert!(counted.contains(line), "{line} is not in {counted}");
    }
    // The sandbox got its response, and didn't have to retry.
    let delivery = sandbox.deliveries().pop().unwrap();
    assert_eq!((&delivery["delivered"], &delivery["attempts"]), (&json!(true), &json!(1)), "{delivery}");
}

#[tokio::test]
async fn callback_not_signed_by_the_account_is_rejected() {
    let sandbox = Sandbox::start().await;
    // Callbacks arrive here, and are posted to the server by this test.
    let catcher = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200)).mount(&catcher).await;
    sandbox.register(&format!("{}/catch?recordId=", catcher.uri())).await;
    sandbox.change_a_ticket("It beeps").await;
    let caught = until(async || catcher.received_requests().await.unwrap().pop()).await;
    let (body, signature) =
        (caught.body.clone(), caught.headers["x-content-signature"].to_str().unwrap().to_owned());

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events");
    let address = serve(&settings_of(&sandbox, &to_file(&file)), &[]).await;
    let status = async |account: &str, body: &[u8], signature: Option<&str>| {
        post(address, account, body, signature).await.status()
    };

    let mut tampered: Value = serde_json::from_slice(&body).unwrap();
    tampered["ID"] = json!(1);
    let tampered_body = tampered.to_string().into_bytes();
    assert_eq!(status("acme", &tampered_body, Some(&signature)).await, StatusCode::UNAUTHORIZED);
    let wrong = STANDARD.encode([0; 32]);
    assert_eq!(status("acme", &body, Some(&wrong)).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status("acme", &body, None).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status("other", &body, Some(&signature)).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status("acme", b"{}", Some(&signature)).await, StatusCode::BAD_REQUEST);

    // A key on the sender's own host, from which it must never be fetched.
    let foreign = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"signing_key": "mine"})))
        .mount(&foreign)
        .await;
    for key_url in [
        format!("{}/v4_6_release/system/callbackkey/index.rails?companyName=acme&id=k", foreign.uri()),
        format!("{}/v4_6_release/system/callbackkey/index.rails?companyName=other&id=k", sandbox.origin()),
        format!(
            "{}/v4_6_release/system/callbackkey/index.rails?companyName=acme&id=no-such-key",
            sandbox.origin()
        ),
    ] {
        let mut forged = tampered.clone();
        forged["Metadata"]["key_url"] = json!(key_url);
        let forged = forged.to_string().into_bytes();
        assert_eq!(
            status("acme", &forged, Some(&sign("mine", &forged))).await,
            StatusCode::UNAUTHORIZED,
            "{key_url}"
        );
    }
    assert_eq!(foreign.received_requests().await.unwrap().len(), 0);

    let large = vec![b' '; (1 << 20) + 1];
    assert_eq!(status("acme", &large, Some(&signature)).await, StatusCode::PAYLOAD_TOO_LARGE);
    let request = client().post(format!("http://{address}/webhooks/acme")).header("host", "evil.example");
    assert_eq!(request.body(body.clone()).send().await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(lines(&file), [Value::Null; 0]);

    // The genuine callback is accepted, but its replay isn't.
    assert_eq!(status("acme", &body, Some(&signature)).await, StatusCode::ACCEPTED);
    let replay = post(address, "acme", &body, Some(&signature)).await;
    assert_eq!(replay.status(), StatusCode::OK);
    assert_eq!(replay.json::<Value>().await.unwrap()["accepted"], false);
    until(async || (lines(&file).len() == 1).then_some(())).await;
    until_handed_on(address).await;
    assert_eq!(lines(&file).len(), 1);

    let counted = counted(address).await;
    for line in [
        "{account=\"acme\",outcome=\"received\"} 1",
        "{account=\"acme\",outcome=\"replay\"} 1",
        "{account=\"acme\",outcome=\"wrong_signature\"} 2",
        "{account=\"acme\",outcome=\"unsigned\"} 1",
        "{account=\"acme\",outcome=\"malformed\"} 1",
        "{account=\"acme\",outcome=\"foreign_key\"} 2",
        "{account=\"acme\",outcome=\"no_key\"} 1",
        "{account=\"acme\",outcome=\"too_large\"} 1",
        "{account=\"\",outcome=\"unknown_account\"} 1",
    ] {
        assert!(counted.contains(&format!("cwpsa_webhooks_total{line}")), "{line} is not in {counted}");
    }
    assert!(!counted.contains("other"), "a name that others choose is not counted by");
}

#[tokio::test]
async fn large_unverified_callbacks_are_limited_and_do_not_block_small_ones() {
    let sandbox = Sandbox::start().await;
    let catcher = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200)).mount(&catcher).await;
    sandbox.register(&format!("{}/catch?recordId=", catcher.uri())).await;
    sandbox.change_a_ticket(&"It beeps. ".repeat(9)).await;
    let caught = until(async || catcher.received_requests().await.unwrap().pop()).await;
    let key_url = serde_json::from_slice::<Value>(&caught.body).unwrap()["Metadata"]["key_url"].clone();
    let key: Value = client().get(key_url.as_str().unwrap()).send().await.unwrap().json().await.unwrap();
    let key = key["signing_key"].as_str().unwrap();

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events");
    let address = serve(&settings_of(&sandbox, &to_file(&file)), &[]).await;
    let callback = |id: usize, length: usize| {
        let mut body: Value = serde_json::from_slice(&caught.body).unwrap();
        (body["MessageId"], body["ID"]) = (json!(format!("m{id}")), json!(id));
        body["Entity"] = json!(json!({"id": id, "text": "x".repeat(length)}).to_string());
        body.to_string().into_bytes()
    };
    let large = 600 << 10;
    // Callbacks with a valid signature aren't limited.
    for id in 0..20 {
        let body = callback(id, large);
        let status = post(address, "acme", &body, Some(&sign(key, &body))).await.status();
        assert_eq!(status, StatusCode::ACCEPTED);
    }
    let forged = callback(100, large);
    let mut statuses = Vec::new();
    for _ in 0..60 {
        statuses.push(post(address, "acme", &forged, Some(&STANDARD.encode([0; 32]))).await.status());
    }
    assert_eq!(statuses[0], StatusCode::UNAUTHORIZED);
    assert!(statuses.contains(&StatusCode::TOO_MANY_REQUESTS), "{statuses:?}");
    let small = callback(200, 1000);
    assert_eq!(post(address, "acme", &small, Some(&sign(key, &small))).await.status(), StatusCode::ACCEPTED);
    // A malformed signature is rejected before the body is read.
    let status = post(address, "acme", &small, Some("AAAA")).await.status();
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn unavailable_key_is_answered_with_429() {
    let upstream = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(503)).mount(&upstream).await;
    let file = crate::support::settings(&upstream);
    let table = "\n[accounts.acme.webhooks]\ncommand = [\"false\"]\n";
    std::fs::write(file.path(), std::fs::read_to_string(file.path()).unwrap() + table).unwrap();
    let address = serve(&file, &[]).await;
    let key_url =
        format!("{}/v4_6_release/system/callbackkey/index.rails?companyName=acme&id=k", upstream.uri());
    let body = json!({"MessageId": "m", "Action": "added", "Type": "ticket", "ID": 1, "Metadata": {"key_url": key_url}});
    let body = body.to_string().into_bytes();
    let response = post(address, "acme", &body, Some(&sign("k", &body))).await;
    // The only kind of failure after which ConnectWise resends it.
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(response.headers()["retry-after"], "2");
    let asked = upstream.received_requests().await.unwrap();
    assert_eq!(asked.len(), 1);
    assert!(!asked[0].headers.contains_key("authorization") && !asked[0].headers.contains_key("clientid"));
}

#[tokio::test]
async fn dead_lettered_events_are_retried_on_request() {
    let sandbox = Sandbox::start().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events");
    // It fails until the file exists.
    let line = json!(["sh", "-c", "test -e \"$1\" && cat >> \"$1\"", "sh", file]);
    let address = serve(&settings_of(&sandbox, &format!("command = {line}\nattempts = 1")), &[]).await;
    sandbox.register(&format!("http://{address}/webhooks/acme?recordId=")).await;
    sandbox.change_a_ticket("It beeps").await;
    let at = format!("http://{address}/webhooks/acme");
    let asked = client().get(&at).send().await.unwrap();
    assert_eq!(asked.status(), StatusCode::UNAUTHORIZED);
    until(async || {
        let told: Value =
            client().get(&at).bearer_auth(crate::support::TOKEN).send().await.unwrap().json().await.unwrap();
        (told == json!({"command": {"waiting": 0, "dead": 1}})).then_some(())
    })
    .await;
    std::fs::write(&file, "").unwrap();
    let asked = client().post(format!("{at}/retry")).send().await.unwrap();
    assert_eq!(asked.status(), StatusCode::UNAUTHORIZED);
    let asked = client().post(format!("{at}/retry")).bearer_auth(crate::support::TOKEN).send().await.unwrap();
    assert_eq!(asked.json::<Value>().await.unwrap(), json!({"requeued": 1}));
    let events = until(async || Some(lines(&file)).filter(|events| !events.is_empty())).await;
    assert_eq!(events[0]["entity"]["summary"], "It beeps");
}

#[tokio::test]
async fn webhook_flags_require_a_single_account() {
    let sandbox = Sandbox::start().await;
    let file = settings_of(&sandbox, "mcp = true");
    let text = std::fs::read_to_string(file.path()).unwrap();
    let second = text[text.find("[accounts.acme]").unwrap()..].replace("accounts.acme", "accounts.other");
    std::fs::write(file.path(), format!("{text}\n{second}")).unwrap();
    let flags = ["--webhook-command", "true"];
    let refused = try_serve(&file, &flags).await.unwrap_err();
    assert!(refused.contains("apply to one account"), "{refused}");
    try_serve(&file, &["--webhook-command", "true", "--account", "other"]).await.unwrap();
}
