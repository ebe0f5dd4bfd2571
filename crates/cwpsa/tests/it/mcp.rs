//! Speaks the Model Context Protocol, line by line, on the stdin and stdout of a real process.

use std::ops::{Deref, DerefMut};
use std::process::Stdio;
use std::time::Duration;

use crate::support::{cwpsa, settings, stdio, wait_for_requests};
use connectwise_psa::CATALOG;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use toolcrate_testing::wait::wait_for;
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// A session with a server that uses a mock API.
struct Session {
    session: stdio::Session,
    upstream: MockServer,
    _settings: tempfile::NamedTempFile,
}

impl Deref for Session {
    type Target = stdio::Session;

    fn deref(&self) -> &stdio::Session {
        &self.session
    }
}

impl DerefMut for Session {
    fn deref_mut(&mut self) -> &mut stdio::Session {
        &mut self.session
    }
}

impl Session {
    async fn new(flags: &[&str]) -> Self {
        Self::with_version(flags, "2025-11-25").await
    }

    async fn with_version(flags: &[&str], version: &str) -> Self {
        let upstream = MockServer::start().await;
        let settings = settings(&upstream);
        let config = ["--config", settings.path().to_str().unwrap()];
        let session = stdio::Session::with_version(&[&config, flags].concat(), version).await;
        Self { session, upstream, _settings: settings }
    }

    async fn call(&mut self, name: &str, arguments: Value) -> Value {
        let answer = self.request("tools/call", json!({"name": name, "arguments": arguments})).await;
        let result = answer["result"].clone();
        // Models and programs get the same content.
        let text: Value =
            serde_json::from_str(result["content"][0]["text"].as_str().unwrap_or("null")).unwrap_or_default();
        assert_eq!(text, result["structuredContent"], "{answer}");
        result
    }
}

#[tokio::test]
async fn meta_tools_reach_every_other_tool() {
    let mut session = Session::new(&[]).await;
    let list = session.request("tools/list", json!({})).await["result"].clone();
    let names: Vec<&str> =
        list["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(names[..4], ["search_tools", "describe_tools", "read_tool", "call_tool"]);
    let tokens = tiktoken_rs::o200k_base_singleton().encode_ordinary(&list["tools"].to_string()).len();
    println!("the default list of tools has {tokens} tokens (bound: 1500)");
    assert!(tokens <= 1500);

    let found = session.call("search_tools", json!({"query": "note on a ticket", "limit": 3})).await;
    assert_eq!(found["structuredContent"]["tools"].as_array().unwrap().len(), 3);
    let described =
        session.call("describe_tools", json!({"names": ["create_a_ticket_note"], "output": true})).await;
    let tool = &described["structuredContent"]["tools"][0];
    assert!(tool["input_schema"]["properties"]["text"].is_object() && tool["output_schema"].is_object());

    Mock::given(method("POST"))
        .and(path("/service/tickets/7/notes"))
        .respond_with(ResponseTemplate::new(201).set_body_json(json!({"id": 1})))
        .mount(&session.upstream)
        .await;
    let done = session
        .call("call_tool", json!({"name": "create_a_ticket_note", "arguments": {"ticketId": 7, "text": "x", "internalAnalysisFlag": true}}))
        .await;
    assert_eq!(
        (&done["isError"], &done["structuredContent"]),
        (&json!(false), &json!({"result": {"id": 1}}))
    );
}

#[tokio::test]
async fn invalid_calls_return_a_fix() {
    let mut session = Session::new(&["--read-only"]).await;
    for (name, arguments, said) in [
        ("call_tool", json!({"name": "create_a_tiket_note"}), "Did you mean"),
        ("read_tool", json!({"name": "create_a_ticket_note"}), "not exposed by this server"),
        ("call_tool", json!({}), "is required: a string (The tool's name)"),
        ("call_tool", json!({"name": "count_tickets", "args": {}}), "unknown argument \\\"args\\\""),
        ("describe_tools", json!({"names": {}}), "expected a list, got an object"),
        ("search_tools", json!({}), "is required: a string (What you want"),
        ("list_all_ticketz", json!({}), "Did you mean"),
        ("list_all_tickets", json!({"filter": {"sumary": "x"}}), "did you mean summary"),
    ] {
        let result = session.call(name, arguments).await;
        assert_eq!(result["isError"], true);
        assert!(result["structuredContent"].to_string().contains(said), "{name}: {result}");
    }
}

#[tokio::test]
async fn all_tools_are_paginated_and_a_selection_is_not() {
    let mut session = Session::new(&["--tools", "all"]).await;
    let (mut names, mut cursor) = (Vec::new(), json!({}));
    loop {
        let page = session.request("tools/list", cursor).await["result"].clone();
        names.extend(
            page["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap().to_owned()),
        );
        match page["nextCursor"].as_str() {
            Some(next) => cursor = json!({"cursor": next}),
            None => break,
        }
    }
    assert_eq!(names.len(), CATALOG.len());
    assert!(
        names.iter().all(|name| name.len() <= 46),
        "short names, as clients put the server's name in front"
    );
    let answer = session.request("tools/list", json!({"cursor": "x"})).await;
    assert_eq!(answer["error"]["code"], -32602);
    let mut session = Session::new(&["--toolset", "time", "--names", "full"]).await;
    let page = session.request("tools/list", json!({})).await["result"].clone();
    let tools = page["tools"].as_array().unwrap();
    assert!((5..80).contains(&tools.len()) && page["nextCursor"].is_null());
    let tool = tools.iter().find(|tool| tool["name"] == "create_a_connect_wise_psa_time_entry").unwrap();
    assert_eq!(tool["annotations"]["readOnlyHint"], false);
    assert!(tool["title"].is_string() && tool["inputSchema"]["type"] == "object");
}

#[tokio::test]
async fn pagination_reports_progress() {
    let mut session = Session::new(&[]).await;
    for page in 1..=3 {
        let link = format!("<http://x/?page={}>; rel=\"next\"", page + 1);
        let mut response = ResponseTemplate::new(200).set_body_json(json!([{"id": page}]));
        if page < 3 {
            response = response.insert_header("link", link.as_str());
        }
        let mock = Mock::given(method("GET")).and(path("/service/tickets"));
        if page == 1 {
            mock.respond_with(response).with_priority(9).mount(&session.upstream).await;
        } else {
            mock.and(query_param("page", page.to_string()))
                .respond_with(response)
                .mount(&session.upstream)
                .await;
        }
    }
    let params = json!({"name": "call_tool", "arguments": {"name": "list_all_tickets", "all_pages": true}, "_meta": {"progressToken": "p"}});
    let answer = session.request("tools/call", params).await;
    assert_eq!(answer["result"]["structuredContent"]["result"], json!([{"id": 1}, {"id": 2}, {"id": 3}]));
    let progress: Vec<&Value> = session
        .notifications
        .iter()
        .filter(|message| message["method"] == "notifications/progress")
        .collect();
    assert_eq!(
        progress.iter().map(|message| message["params"]["progress"].as_f64().unwrap()).collect::<Vec<_>>(),
        [1.0, 2.0, 3.0]
    );
}

#[tokio::test]
async fn canceled_call_ends() {
    let audit = tempfile::NamedTempFile::new().unwrap();
    let mut session = Session::new(&["--audit", audit.path().to_str().unwrap()]).await;
    Mock::given(method("GET"))
        .and(path("/service/tickets"))
        .respond_with(ResponseTemplate::new(200).set_delay(Duration::from_secs(60)).set_body_json(json!([])))
        .mount(&session.upstream)
        .await;
    session.send(&json!({"jsonrpc": "2.0", "id": 99, "method": "tools/call", "params": {"name": "list_all_tickets", "arguments": {}}})).await;
    wait_for_requests(&session.upstream, 1).await;
    session.send(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 99, "reason": "enough"}})).await;
    // The server keeps responding immediately.
    let list = session.request("tools/list", json!({})).await;
    assert!(list["result"]["tools"].is_array());
    let written = wait_for("a line in the audit log", async || {
        Some(std::fs::read_to_string(audit.path()).unwrap()).filter(|text| text.ends_with('\n'))
    });
    let written = written.await;
    assert!(written.contains("\"outcome\":\"canceled\"") && written.lines().count() == 1, "{written}");
}

#[tokio::test]
async fn prompts_resources_and_completions_are_available() {
    let mut session = Session::with_version(&[], "2025-06-18").await;
    let prompts = session.request("prompts/list", json!({})).await["result"]["prompts"].clone();
    assert_eq!(prompts.as_array().unwrap().len(), 3);
    let arguments = json!({"ticket": "9932", "minutes": "15", "role": "Automated Remediation"});
    let prompt = session.request("prompts/get", json!({"name": "time_entry", "arguments": arguments})).await;
    assert!(
        prompt["result"]["messages"][0]["content"]["text"]
            .as_str()
            .unwrap()
            .contains("15 billable minutes on ticket 9932")
    );
    assert_eq!(session.request("prompts/get", json!({"name": "time_entry"})).await["error"]["code"], -32602);

    let pages = session.request("resources/list", json!({})).await["result"]["resources"].clone();
    assert_eq!(pages.as_array().unwrap().len(), 11);
    let page = session.request("resources/read", json!({"uri": "cwpsa://modules/time"})).await;
    assert!(page["result"]["contents"][0]["text"].as_str().unwrap().contains("`create_a_time_entry`"));
    let page = session.request("resources/read", json!({"uri": "cwpsa://tools/create_a_time_entry"})).await;
    assert!(page["result"]["contents"][0]["text"].as_str().unwrap().contains("chargeToType"));
    assert!(session.request("resources/read", json!({"uri": "cwpsa://nothing"})).await["error"].is_object());

    let complete = json!({"ref": {"type": "ref/resource", "uri": "cwpsa://tools/{name}"}, "argument": {"name": "name", "value": "ticket_note"}});
    let values =
        session.request("completion/complete", complete).await["result"]["completion"]["values"].clone();
    assert!(values.as_array().unwrap().contains(&json!("create_a_ticket_note")));
    Mock::given(method("GET"))
        .and(path("/company/companies"))
        .and(query_param("conditions", "name contains \"Ac\""))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!([{"id": 1, "name": "Acme Corp"}])))
        .mount(&session.upstream)
        .await;
    let complete = json!({"ref": {"type": "ref/prompt", "name": "procurement"}, "argument": {"name": "company", "value": "Ac"}});
    let values =
        session.request("completion/complete", complete).await["result"]["completion"]["values"].clone();
    assert_eq!(values, json!(["Acme Corp"]));
    for (typed, conditions) in [("Lap", "summary contains \"Lap\""), ("8812", "id = 8812")] {
        Mock::given(method("GET"))
            .and(path("/service/tickets"))
            .and(query_param("conditions", conditions))
            .respond_with(
                ResponseTemplate::new(200).set_body_json(json!([{"id": 8812, "summary": "Laptop"}])),
            )
            .mount(&session.upstream)
            .await;
        let complete = json!({"ref": {"type": "ref/prompt", "name": "time_entry"}, "argument": {"name": "ticket", "value": typed}});
        let values =
            session.request("completion/complete", complete).await["result"]["completion"]["values"].clone();
        assert_eq!(values, json!(["8812"]), "{typed}");
    }
}

#[tokio::test]
async fn unselected_tools_are_not_on_any_page() {
    let mut session = Session::new(&["--module", "time", "--class", "read"]).await;
    let pages = session.request("resources/list", json!({})).await["result"]["resources"].take();
    let uris: Vec<&str> =
        pages.as_array().unwrap().iter().map(|page| page["uri"].as_str().unwrap()).collect();
    assert_eq!(uris, ["cwpsa://modules/time"]);
    let page = session.request("resources/read", json!({"uri": uris[0]})).await.to_string();
    assert!(page.contains("list_all_time_entries") && !page.contains("`create_a_time_entry`"));
    for (uri, is_shown) in [
        ("cwpsa://modules/service", false),
        ("cwpsa://tools/create_a_ticket", false),
        ("cwpsa://tools/create_a_time_entry/chargeToType", false),
        ("cwpsa://tools/create_a_time_entry", false),
        ("cwpsa://tools/list_all_time_entries", true),
    ] {
        let page = session.request("resources/read", json!({"uri": uri})).await;
        assert_eq!(page["result"].is_object(), is_shown, "{uri}: {page}");
    }
    let mut complete = async |template: &str, argument: &str, typed: &str, before: Value| {
        let params = json!({"ref": {"type": "ref/resource", "uri": template}, "argument": {"name": argument, "value": typed}, "context": {"arguments": before}});
        session.request("completion/complete", params).await["result"]["completion"]["values"].take()
    };
    let template = "cwpsa://tools/{name}/{argument}{?value}";
    assert_eq!(complete(template, "name", "create_a_t", json!({})).await, json!([]));
    assert_ne!(complete(template, "name", "list_all_time", json!({})).await, json!([]));
    let hidden = json!({"name": "create_a_time_entry", "argument": "chargeToType"});
    assert_eq!(complete(template, "argument", "", hidden.clone()).await, json!([]));
    assert_eq!(complete(template, "value", "", hidden).await, json!([]));
    assert_eq!(complete("cwpsa://modules/{module}", "module", "e", json!({})).await, json!(["time"]));
}

#[tokio::test]
async fn unknown_parameters_are_reported() {
    let mut session = Session::new(&[]).await;
    for (method, params, code) in [
        ("tools/call", json!({}), -32602),
        ("tools/call", json!({"name": "count_tickets", "arguments": [1]}), -32602),
        ("prompts/get", json!({}), -32602),
        ("resources/read", json!({"uri": 5}), -32602),
        ("completion/complete", json!({}), -32602),
        ("tools/nothing", json!({}), -32601),
    ] {
        let answer = session.request(method, params.clone()).await;
        assert_eq!(answer["error"]["code"], code, "{method} {params}: {answer}");
    }
}

#[tokio::test]
async fn client_can_list_and_disconnect() {
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let discover = json!({"jsonrpc": "2.0", "id": 1, "method": "server/discover", "params": {"_meta": meta}});
    for (said, code) in [(format!("{discover}\n"), 0), (String::new(), 2)] {
        let mut process = cwpsa()
            .args(["mcp", "--sandbox"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        process.stdin.take().unwrap().write_all(said.as_bytes()).await.unwrap();
        let output = process.wait_with_output().await.unwrap();
        let answer = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(code), "{said}: {answer}");
        assert_eq!(answer.contains("\"supportedVersions\""), code == 0, "{answer}");
    }
}
