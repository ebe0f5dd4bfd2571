//! Tests two replicas of the server behind one address, using a client whose requests alternate between the replicas.
//! They share only a Redis server and `CWPSA_SECRET`.

use std::time::Duration;

use crate::support::copies::Copies;
use crate::support::wait_for_requests;
use reqwest::StatusCode;
use serde_json::{Value, json};
use toolcrate_testing::redis_server::RedisServer;
use wiremock::matchers::{method, path};
use wiremock::{Mock, ResponseTemplate};

const TOOL: &str = "create_a_ticket_note";

async fn two(redis: &RedisServer, flags: &[&str], approver: bool) -> Copies {
    let copies = Copies::start_with_state(2, Some(&redis.address), flags, approver).await;
    Mock::given(method("POST"))
        .and(path("/service/tickets/7/notes"))
        .respond_with(
            ResponseTemplate::new(201).set_body_json(json!({"id": 1})).set_delay(Duration::from_millis(150)),
        )
        .mount(&copies.upstream)
        .await;
    copies
}

#[tokio::test]
async fn write_with_one_key_is_executed_once_across_replicas() {
    let Some(redis) = RedisServer::start(Some("hush")).await else { return };
    let copies = two(&redis, &[], false).await;
    let write = async |copy: usize, key: &str, text: &str| {
        let request =
            copies.all[copy].call(TOOL, &json!({"ticketId": 7, "text": text, "internalAnalysisFlag": true}));
        let response = request.header("idempotency-key", key).send().await.unwrap();
        (response.status(), response.text().await.unwrap())
    };
    let (first, second) = tokio::join!(write(0, "k", "a"), write(1, "k", "a"));
    assert_eq!(first, (StatusCode::OK, r#"{"result":{"id":1}}"#.to_owned()));
    assert_eq!(second, first, "at the same time");
    assert_eq!(write(1, "k", "a").await, first);
    assert_eq!(copies.sent().await, 1);
    assert_eq!(write(1, "k", "b").await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(write(1, "l", "a").await.0, StatusCode::OK);
    assert_eq!(copies.sent().await, 2);
}

#[tokio::test]
async fn write_in_flight_when_its_server_died_is_not_repeated() {
    let Some(redis) = RedisServer::start(None).await else { return };
    let mut copies = two(&redis, &[], false).await;
    copies.upstream.reset().await;
    let slow = ResponseTemplate::new(201).set_body_json(json!({"id": 1})).set_delay(Duration::from_secs(30));
    Mock::given(method("POST")).respond_with(slow).mount(&copies.upstream).await;
    let arguments = json!({"ticketId": 7, "text": "a", "internalAnalysisFlag": true});
    let write = |copy: usize| copies.all[copy].call(TOOL, &arguments).header("idempotency-key", "k").send();
    let first = tokio::spawn(write(0));
    wait_for_requests(&copies.upstream, 1).await;
    copies.all[0].kill().await;
    assert!(first.await.unwrap().is_err());
    let arguments = json!({"ticketId": 7, "text": "a", "internalAnalysisFlag": true});
    let again = copies.all[1].call(TOOL, &arguments).header("idempotency-key", "k").send().await.unwrap();
    assert_eq!(again.status(), StatusCode::UNPROCESSABLE_ENTITY, "a status that no client repeats");
    assert!(again.text().await.unwrap().contains("outcome unknown"));
    assert_eq!(copies.sent().await, 1);
}

#[tokio::test]
async fn approval_is_shared_by_replicas_and_valid_once() {
    let Some(redis) = RedisServer::start(None).await else { return };
    let copies = two(&redis, &["--approve", "writes"], true).await;
    let [one, other] = &copies.all[..] else { unreachable!() };
    let arguments = json!({"ticketId": 7, "text": "a", "internalAnalysisFlag": true});
    let refused: Value = one.call(TOOL, &arguments).send().await.unwrap().json().await.unwrap();
    let id = refused["approval"]["id"].as_str().unwrap();
    let waiting: Value = other.approvals("", None).send().await.unwrap().json().await.unwrap();
    assert_eq!(waiting["approvals"][0]["id"], id);
    let approved: Value = other.approvals(id, Some(json!({}))).send().await.unwrap().json().await.unwrap();
    let token = approved["approval_token"].as_str().unwrap();
    let call = |copy: &crate::support::copies::Copy| {
        copy.call(TOOL, &arguments).header("x-approval-token", token).send()
    };
    let (a, b) = tokio::join!(call(one), call(other));
    let mut statuses = [a.unwrap().status(), b.unwrap().status()];
    statuses.sort_unstable();
    assert_eq!(statuses, [StatusCode::OK, StatusCode::FORBIDDEN], "of two at once, one is run");
    assert_eq!(copies.sent().await, 1);
}

#[tokio::test]
async fn stateless_elicitation_continues_at_another_replica() {
    let Some(redis) = RedisServer::start(None).await else { return };
    let copies = two(&redis, &["--approve", "writes"], false).await;
    let [one, other] = &copies.all[..] else { unreachable!() };
    let list = other.message("tools/list", json!({})).await;
    assert_eq!(list["result"]["tools"][0]["name"], "search_tools", "{list}");
    let call = |text: &str| json!({"name": "call_tool", "arguments": {"name": TOOL, "arguments": {"ticketId": 7, "text": text, "internalAnalysisFlag": true}}});
    let asked = one.message("tools/call", call("a")).await["result"].clone();
    assert_eq!(asked["resultType"], "input_required", "{asked}");
    let question = &asked["inputRequests"]["approval"];
    assert_eq!(question["method"], "elicitation/create");
    assert!(question["params"]["message"].as_str().unwrap().contains("text: \"a\""), "{asked}");
    let answered = |text: &str, asked: &Value, action: &str| {
        let mut params = call(text);
        params["inputResponses"] = json!({"approval": {"action": action, "content": {}}});
        params["requestState"] = asked["requestState"].clone();
        params
    };
    assert_eq!(copies.sent().await, 0);
    let done = other.message("tools/call", answered("a", &asked, "accept")).await["result"].clone();
    assert_eq!(done["structuredContent"], json!({"result": {"id": 1}}), "{done}");
    let again = one.message("tools/call", answered("a", &asked, "accept")).await["result"].clone();
    assert_eq!(again["resultType"], "input_required", "a yes holds once: {again}");
    let changed = other.message("tools/call", answered("b", &again, "accept")).await["result"].clone();
    assert_eq!(changed["resultType"], "input_required", "other arguments are another call: {changed}");
    let declined = one.message("tools/call", answered("b", &changed, "decline")).await["result"].clone();
    assert_eq!(declined["structuredContent"]["error"]["kind"], "approval_declined", "{declined}");
    assert_eq!(copies.sent().await, 1);
}

#[tokio::test]
async fn session_continues_at_another_replica() {
    let Some(redis) = RedisServer::start(None).await else { return };
    let mut copies = two(&redis, &[], false).await;
    let [one, other] = &copies.all[..] else { unreachable!() };
    let made = one
        .client
        .post(format!("{}/integrated-account/acme/mcp", one.base))
        .bearer_auth(crate::support::TOKEN)
        .json(&json!({"config": {"methods": ["list"], "tags": ["Tickets"]}}));
    let made: Value = made.send().await.unwrap().json().await.unwrap();
    let path_of_token = format!("/mcp/{}", made["token"].as_str().unwrap());
    let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}});
    let mut sessions = Vec::new();
    for (path, first) in [("/mcp", "search_tools"), (&*path_of_token, "list_all_tickets")] {
        let session = one.begin(path, json!({})).await;
        for copy in [other, one, other] {
            let answer = copy.in_session(path, &session, &list).await;
            let tools = answer["result"]["tools"].as_array().unwrap_or_else(|| panic!("{answer}"));
            assert!(tools.iter().any(|tool| tool["name"] == first), "{answer}");
        }
        sessions.push((path.to_owned(), session));
    }
    let call = json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call",
        "params": {"name": "call_tool", "arguments": {"name": TOOL, "arguments": {"ticketId": 7, "text": "a", "internalAnalysisFlag": true}}}});
    let answer = other.in_session("/mcp", &sessions[0].1, &call).await;
    assert_eq!(answer["result"]["structuredContent"], json!({"result": {"id": 1}}), "{answer}");
    // A session can only be used with the URL token that created it.
    let answer = other.in_session(&path_of_token, &sessions[0].1, &list).await;
    assert!(answer["result"].is_null(), "{answer}");
    copies.all[0].kill().await;
    let answer = copies.all[1].in_session("/mcp", &sessions[0].1, &list).await;
    assert!(answer["result"]["tools"].is_array(), "the copy that began it is gone: {answer}");
}

#[tokio::test]
async fn unreachable_store_stops_only_what_needs_it() {
    let Some(redis) = RedisServer::start(None).await else { return };
    let copies = two(&redis, &[], false).await;
    drop(redis);
    let server = &copies.all[0];
    let arguments = json!({"ticketId": 7, "text": "a", "internalAnalysisFlag": true});
    let response = server.call(TOOL, &arguments).header("idempotency-key", "k").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR, "a status that no client repeats");
    assert!(response.text().await.unwrap().contains("nothing was done"));
    assert_eq!(copies.sent().await, 0);
    assert_eq!(server.call(TOOL, &arguments).send().await.unwrap().status(), StatusCode::OK);
}
