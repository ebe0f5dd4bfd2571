//! Tests events over the Model Context Protocol: a session that has subscribed must be notified in the way that its
//! protocol version specifies.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use toolcrate_testing::wait::CONDITION_TIMEOUT;

use crate::support::{TOKEN, initialize, serve};
use crate::webhooks::client;
use crate::webhooks::hooks::{Sandbox, settings_of, until};

const URI: &str = "cwpsa://events";

fn to(address: SocketAddr) -> RequestBuilder {
    client()
        .post(format!("http://{address}/mcp"))
        .bearer_auth(TOKEN)
        .header("accept", "application/json, text/event-stream")
}

/// Returns the next message in a stream that satisfies `wanted`.
pub async fn next(stream: &mut Response, buffer: &mut String, wanted: impl Fn(&Value) -> bool) -> Value {
    let read = async {
        loop {
            while let Some((line, rest)) = buffer.clone().split_once('\n') {
                *buffer = rest.to_owned();
                let message =
                    line.strip_prefix("data:").and_then(|text| serde_json::from_str(text.trim()).ok());
                if let Some(message) = message.filter(&wanted) {
                    return message;
                }
            }
            let chunk = stream.chunk().await.unwrap().expect("the stream goes on");
            buffer.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    };
    tokio::time::timeout(CONDITION_TIMEOUT, read).await.expect("a message in time")
}

/// Returns the response message to a request. The server may send it as JSON or in an event stream.
async fn answer(request: RequestBuilder) -> Value {
    let mut response = request.send().await.unwrap();
    assert!(response.status().is_success(), "{}", response.status());
    if response.headers()["content-type"].to_str().unwrap().starts_with("application/json") {
        return response.json().await.unwrap();
    }
    next(&mut response, &mut String::new(), |message| message["id"].is_number()).await
}

pub fn updated(message: &Value) -> bool {
    message["method"] == "notifications/resources/updated"
}

/// Sends a request with the newest version that listens to events; returns its response stream.
pub async fn listen(address: SocketAddr) -> Response {
    let listen = json!({"jsonrpc": "2.0", "id": 1, "method": "subscriptions/listen", "params": {
    "notifications": {"resourceSubscriptions": [URI]},
    "_meta": {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
    }}});
    let request = to(address)
        .header("mcp-protocol-version", "2026-07-28")
        .header("mcp-method", "subscriptions/listen")
        .json(&listen);
    let mut stream = request.send().await.unwrap();
    assert_eq!(stream.status(), 200, "{}", stream.text().await.unwrap());
    let accepted = |message: &Value| message["method"] == "notifications/subscriptions/acknowledged";
    let accepted = next(&mut stream, &mut String::new(), accepted).await;
    assert_eq!(accepted["params"]["notifications"]["resourceSubscriptions"], json!([URI]), "{accepted}");
    stream
}

/// Starts a server whose events go to sessions, and a sandbox that sends it callbacks.
async fn start() -> (Sandbox, SocketAddr, tempfile::NamedTempFile) {
    let sandbox = Sandbox::start().await;
    let settings = settings_of(&sandbox, "mcp = true");
    let address = serve(&settings, &[]).await;
    sandbox.register(&format!("http://{address}/webhooks/acme?recordId=")).await;
    (sandbox, address, settings)
}

#[tokio::test]
async fn session_subscribes_and_reads_events() {
    let (sandbox, address, _settings) = start().await;
    let mut response = to(address).json(&initialize("2025-11-25")).send().await.unwrap();
    let session = response.headers()["mcp-session-id"].to_str().unwrap().to_owned();
    let hello = next(&mut response, &mut String::new(), |message| message["id"] == 1).await;
    assert_eq!(hello["result"]["capabilities"]["resources"]["subscribe"], true, "{hello}");
    let of_session =
        || to(address).header("mcp-session-id", &session).header("mcp-protocol-version", "2025-11-25");
    let initialized = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    assert!(of_session().json(&initialized).send().await.unwrap().status().is_success());
    let ask = async |id: u64, method: &str, params: Value| {
        answer(of_session().json(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})))
            .await
    };
    let list = ask(2, "resources/list", json!({})).await;
    assert!(list["result"]["resources"].as_array().unwrap().iter().any(|resource| resource["uri"] == URI));
    let read = async |id: u64| -> Value {
        let answer = ask(id, "resources/read", json!({"uri": URI})).await;
        serde_json::from_str(answer["result"]["contents"][0]["text"].as_str().unwrap()).unwrap()
    };
    assert_eq!(read(3).await, json!([]));
    assert_eq!(ask(4, "resources/subscribe", json!({"uri": URI})).await["result"], json!({}));
    assert!(ask(5, "resources/subscribe", json!({"uri": "cwpsa://nothing"})).await["error"].is_object());

    let stream = client()
        .get(format!("http://{address}/mcp"))
        .bearer_auth(TOKEN)
        .header("accept", "text/event-stream");
    let stream = stream.header("mcp-session-id", &session).header("mcp-protocol-version", "2025-11-25");
    let mut stream = stream.send().await.unwrap();
    assert_eq!(stream.status(), 200);
    let mut buffer = String::new();
    let id = sandbox.change_a_ticket("It beeps").await;
    let told = next(&mut stream, &mut buffer, updated).await;
    assert_eq!(told["params"]["uri"], URI);
    let events = read(6).await;
    assert_eq!((events.as_array().unwrap().len(), &events[0]["record_id"]), (1, &json!(id)));
    assert!(events[0].get("entity").is_none(), "a record is read with a tool");

    // An unsubscribed session is no longer notified.
    ask(7, "resources/unsubscribe", json!({"uri": URI})).await;
    sandbox.change_a_ticket("It still beeps").await;
    until(async || (read(8).await.as_array().unwrap().len() == 2).then_some(())).await;
    let more = tokio::time::timeout(Duration::from_secs(3), stream.chunk()).await;
    let more = more.map(|chunk| String::from_utf8_lossy(&chunk.unwrap().unwrap_or_default()).into_owned());
    assert!(more.is_err() || !more.unwrap().contains("updated"));
}

#[tokio::test]
async fn request_in_the_newest_version_receives_events() {
    let (sandbox, address, _settings) = start().await;
    let (mut stream, mut buffer) = (listen(address).await, String::new());
    for summary in ["It beeps", "It beeps again"] {
        sandbox.change_a_ticket(summary).await;
        assert_eq!(next(&mut stream, &mut buffer, updated).await["params"]["uri"], URI);
    }
}
