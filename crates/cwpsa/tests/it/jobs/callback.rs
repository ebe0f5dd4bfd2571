//! Runs a task that a callback starts: the tenant reports a new ticket, the receiver verifies the sender, and the agent
//! does what the ticket asks for.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;
use toolcrate_testing::wait::CONDITION_TIMEOUT;

use crate::jobs::agent::mcp::Mcp;
use crate::jobs::agent::proxy::Proxy;
use crate::jobs::agent::{Agent, Driver};
use crate::jobs::tenant::World;
use crate::jobs::work::restock;

/// The events that the receiver accepted.
struct Receiver {
    /// The only host from which a signing key is fetched.
    host: String,
    client: reqwest::Client,
    events: mpsc::UnboundedSender<Value>,
}

/// Accepts posts only from the tenant.
async fn take(State(receiver): State<Arc<Receiver>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    match receiver.verified(&headers, &body).await {
        Some(event) => {
            let _ = receiver.events.send(event);
            StatusCode::NO_CONTENT
        }
        None => StatusCode::UNAUTHORIZED,
    }
}

impl Receiver {
    async fn verified(&self, headers: &HeaderMap, body: &[u8]) -> Option<Value> {
        let event: Value = serde_json::from_slice(body).ok()?;
        let key_url = event["Metadata"]["key_url"].as_str()?;
        // A stranger could specify their own key.
        if !key_url.starts_with(&format!("{}/", self.host)) {
            return None;
        }
        let key: Value = self.client.get(key_url).send().await.ok()?.json().await.ok()?;
        let key = Sha256::digest(key["signing_key"].as_str()?);
        let signature = BASE64_STANDARD.decode(headers.get("x-content-signature")?).ok()?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
        mac.update(body);
        mac.verify_slice(&signature).ok()?;
        Some(event)
    }
}

/// Starts listening; returns the address and the accepted events.
async fn listen(host: &str) -> (String, mpsc::UnboundedReceiver<Value>) {
    let (events, taken) = mpsc::unbounded_channel();
    let receiver = Receiver { host: host.to_owned(), client: reqwest::Client::new(), events };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let router = axum::Router::new().route("/hook", axum::routing::post(take)).with_state(Arc::new(receiver));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, taken)
}

async fn next(taken: &mut mpsc::UnboundedReceiver<Value>) -> Value {
    tokio::time::timeout(CONDITION_TIMEOUT, taken.recv()).await.expect("a callback in time").unwrap()
}

async fn a_new_ticket_starts_the_job(driver: impl AsyncFn(&World) -> Driver) {
    let world = World::new(1).await;
    let tenant = world.tenant();
    let mut agent = Agent::new(driver(&world).await);
    let (url, mut taken) = listen(tenant.address()).await;

    // A forged post is rejected.
    let forged = json!({"Action": "added", "Type": "ticket", "ID": 9932, "Metadata": {"key_url": format!("{url}/key")}});
    let client = reqwest::Client::new();
    let post = client.post(&url).header("x-content-signature", "AAAA").json(&forged);
    assert_eq!(post.send().await.unwrap().status(), 401);

    let hook = json!({"type": "ticket", "level": "owner", "objectId": 1, "url": format!("{url}?recordId=")});
    tenant.ask(Method::POST, "/system/callbacks", Some(hook)).await;
    let before = tenant.state().await;
    let ticket = json!({"summary": "RAM-16GB needed", "company": {"identifier": "AcmeCorp"}});
    let ticket = tenant.ask(Method::POST, "/service/tickets", Some(ticket)).await;

    let event = next(&mut taken).await;
    assert_eq!(
        (&event["Action"], &event["Type"], &event["ID"]),
        (&json!("added"), &json!("ticket"), &ticket["id"])
    );
    let told = restock::for_ticket(&mut agent, &event["ID"]).await;
    assert_eq!(told, json!({"order": "5092"}));

    // The note updates the ticket, which is also reported. It must not start anything, or the agent would never stop.
    let event = next(&mut taken).await;
    assert_eq!((&event["Action"], &event["ID"]), (&json!("updated"), &ticket["id"]));
    let changes = before.changes(&tenant.state().await);
    let notes = format!("/service/tickets/{}/notes", ticket["id"]);
    let [order, line, _, note] = changes.only_added([
        "/procurement/purchaseorders",
        "/procurement/purchaseorders/5092/lineitems",
        "/service/tickets",
        &notes,
    ]);
    restock::is_ordered(order, line);
    assert!(note["text"].as_str().unwrap().contains("PO #5092"));
}

#[tokio::test]
async fn job_works_over_http() {
    a_new_ticket_starts_the_job(async |world| Driver::Proxy(Proxy::of(&world.tenant().account).await)).await;
}

#[tokio::test]
async fn job_works_over_mcp() {
    a_new_ticket_starts_the_job(async |world| Driver::Mcp(Mcp::http(&world.tenant().account).await)).await;
}
