//! Checks that fetching all pages of `tools/list` returns one consistent list, even if the account's custom fields are
//! loaded, another replica responds, or the exposed tools change in the meantime.

use std::time::Duration;

use crate::support::copies::{Copies, Copy, last};
use crate::support::settings;
use crate::support::stdio::Session;
use connectwise_psa::CATALOG;
use serde_json::{Value, json};
use toolcrate_testing::wait::wait_for;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// A custom field on the account's tickets.
const FIELD: &str = "Rack Unit";

/// Makes the account define a ticket field.
async fn define(upstream: &MockServer, caption: &str) {
    upstream.reset().await;
    let field = json!({"id": 9, "podId": 1, "caption": caption, "fieldTypeIdentifier": "Number", "podDescription": "Ticket", "screenId": "srv0001", "screenDescription": "Service Ticket", "requiredFlag": false, "readOnlyFlag": false, "listViewFlag": false, "inactiveFlag": false, "options": []});
    Mock::given(method("GET"))
        .and(path("/system/userDefinedFields"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!([field])))
        .mount(upstream)
        .await;
}

/// Returns the numbers of the tools that have the field.
fn with_field(tools: &[Value], caption: &str) -> Vec<usize> {
    let of = |tool: &Value| tool["inputSchema"].to_string().contains(caption);
    (0..tools.len()).filter(|number| of(&tools[*number])).collect()
}

fn add(tools: &mut Vec<Value>, page: &Value) -> Option<Value> {
    tools.extend(page["tools"].as_array().unwrap_or_else(|| panic!("{page}")).iter().cloned());
    page["nextCursor"].as_str().map(|cursor| json!({"cursor": cursor}))
}

/// Makes the account return its fields after a delay.
async fn delay(upstream: &MockServer, delay: Duration) {
    upstream.reset().await;
    let slow = ResponseTemplate::new(200).set_body_json(json!([])).set_delay(delay);
    Mock::given(method("GET"))
        .and(path("/system/userDefinedFields"))
        .respond_with(slow)
        .mount(upstream)
        .await;
}

#[tokio::test]
async fn list_has_custom_fields_and_sends_no_notification() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let upstream = MockServer::start().await;
    define(&upstream, FIELD).await;
    let settings = settings(&upstream);
    let config = ["--config", settings.path().to_str().unwrap()];
    for flags in [&["--tools", "all"][..], &["--module", "service"], &["--tools", "search"]] {
        let mut session = Session::new(&[&config[..], flags].concat()).await;
        let tools = session.tools().await;
        let is_search = flags.contains(&"search");
        assert_eq!(with_field(&tools, FIELD).is_empty(), is_search, "{flags:?}");
        // In none of these cases is the client notified to list again, whatever the server reads from the
        // account.
        session.call("describe_tools", json!({"names": ["create_a_ticket"]})).await;
        let write = json!({"summary": "x", "company": {"id": 1}, "customFields": {FIELD: 5}});
        session.call("create_a_ticket", write).await;
        session.request("ping", json!({})).await;
        assert_eq!(session.notifications, [Value::Null; 0], "{flags:?}");
    }
    // A session that was never shown a list doesn't have to list again.
    let mut session = Session::new(&config).await;
    session.call("describe_tools", json!({"names": ["create_a_ticket"]})).await;
    session.request("ping", json!({})).await;
    assert_eq!(session.notifications, [Value::Null; 0]);
}

#[tokio::test]
async fn list_does_not_wait_for_missing_custom_fields() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let upstream = MockServer::start().await;
    delay(&upstream, Duration::from_secs(60)).await;
    let settings = settings(&upstream);
    let mut session =
        Session::new(&["--config", settings.path().to_str().unwrap(), "--module", "time"]).await;
    assert_eq!(session.tools().await.len(), 122);
    assert_eq!(session.notifications, [Value::Null; 0]);
}

/// Fetches a page of all tools from a replica, as a client without a session.
async fn page(copy: &Copy, params: Value) -> Value {
    let mut params = params;
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let request = copy.post("tools/list", params, "2026-07-28").header("mcp-method", "tools/list");
    let answer = request.header("x-tools-offer", "all").send().await.unwrap().text().await.unwrap();
    last(&answer)
}

/// Fetches the first page and its cursor, once the replica knows the account's fields.
async fn first_with_fields(copy: &Copy, other_than: &str) -> (Vec<Value>, Value) {
    wait_for("the fields", async || {
        let mut tools = Vec::new();
        let cursor = add(&mut tools, &page(copy, json!({})).await["result"]).unwrap();
        let text = cursor["cursor"].as_str().unwrap();
        (text.matches('-').count() == 2 && text != other_than).then_some((tools, cursor))
    })
    .await
}

#[tokio::test]
async fn pagination_with_custom_fields_continues_at_any_replica() {
    let copies = Copies::start(4, &[], false).await;
    let [one, other, newer, cut_off] = &copies.all[..] else { unreachable!() };
    define(&copies.upstream, FIELD).await;
    let (mut tools, cursor) = first_with_fields(one, "").await;
    // The other replica hasn't received any request yet, so it waits for the fields.
    let mut next = Some(cursor.clone());
    for copy in [other, one].into_iter().cycle() {
        let Some(params) = next else { break };
        next = add(&mut tools, &page(copy, params).await["result"]);
    }
    let found = with_field(&tools, FIELD);
    assert!(tools.len() == CATALOG.len() && found.last().is_some_and(|last| *last > 250), "{found:?}");
    let mut names: Vec<&str> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), CATALOG.len());

    // An outdated list isn't mixed with the current one.
    let says_changed = |answer: &Value| {
        assert_eq!(answer["error"]["code"], -32602, "{answer}");
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(message.contains("has changed") && message.contains("start over"), "{message}");
    };
    define(&copies.upstream, "Shelf").await;
    let (_, newest) = first_with_fields(newer, cursor["cursor"].as_str().unwrap()).await;
    says_changed(&page(newer, cursor.clone()).await);
    // A replica that has just fetched the fields doesn't fetch them again for each cursor.
    says_changed(&page(one, newest.clone()).await);
    assert!(page(newer, newest.clone()).await["result"]["tools"].is_array());
    // A replica that can't fetch the fields can't return a page with them either.
    copies.upstream.reset().await;
    says_changed(&page(cut_off, newest).await);
    let text = page(cut_off, json!({"cursor": "250"})).await["error"].to_string();
    assert!(text.contains("unknown cursor"), "{text}");
}

#[cfg(unix)]
#[tokio::test]
async fn pagination_ends_when_the_tool_selection_changes() {
    use nix::sys::signal::{Signal, kill};
    let _ = rustls::crypto::ring::default_provider().install_default();
    let upstream = MockServer::start().await;
    let settings = settings(&upstream);
    let mut session = Session::new(&["--config", settings.path().to_str().unwrap(), "--tools", "all"]).await;
    let first = session.request("tools/list", json!({})).await["result"]["nextCursor"].clone();
    let text = std::fs::read_to_string(settings.path()).unwrap();
    std::fs::write(settings.path(), text + "[tools]\nread_only = true\n").unwrap();
    let pid = nix::unistd::Pid::from_raw(session.process.id().unwrap().cast_signed());
    kill(pid, Signal::SIGHUP).unwrap();
    session.notification("notifications/tools/list_changed").await;
    let answer = session.request("tools/list", json!({"cursor": first})).await;
    assert_eq!(answer["error"]["code"], -32602, "{answer}");
    assert!(session.tools().await.len() > 250);
}
