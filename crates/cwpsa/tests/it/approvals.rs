//! Tests calls that need human approval, either by an approver over HTTP or by the client's user over MCP.

use crate::support::TOKEN;
use crate::support::copies::{APPROVER, Copies, last};
use reqwest::StatusCode;
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, ResponseTemplate};

const TOOL: &str = "create_a_ticket_note";

async fn note_made(copies: &Copies) {
    Mock::given(method("POST"))
        .and(path("/service/tickets/7/notes"))
        .respond_with(ResponseTemplate::new(201).set_body_json(json!({"id": 1})))
        .mount(&copies.upstream)
        .await;
}

#[tokio::test]
async fn approved_call_runs_once_and_no_other_runs() {
    let copies = Copies::start(1, &["--approve", "writes"], true).await;
    note_made(&copies).await;
    let server = &copies.all[0];
    let (arguments, others) = (
        json!({"ticketId": 7, "text": "a", "internalAnalysisFlag": true}),
        json!({"ticketId": 7, "text": "b", "internalAnalysisFlag": true}),
    );
    let wrong = server.call(TOOL, &json!({"text": "a"})).send().await.unwrap();
    assert_eq!(wrong.status(), StatusCode::BAD_REQUEST, "nobody is asked about what can't be made");

    let refused = server.call(TOOL, &arguments).header("idempotency-key", "k").send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let refused: Value = refused.json().await.unwrap();
    assert_eq!(
        (&refused["kind"], &refused["statusCode"], &refused["error"]),
        (&json!("approval_required"), &json!(403), &json!("Forbidden"))
    );
    assert!(
        refused["message"].is_string() && refused["next_step"].as_str().unwrap().contains("X-Approval-Token")
    );
    let approval = &refused["approval"];
    assert_eq!((&approval["tool"], &approval["arguments"]), (&json!(TOOL), &arguments));
    assert_eq!(approval["digest"].as_str().unwrap().len(), 64);
    assert!(approval["expires_at"].is_string());
    let id = approval["id"].as_str().unwrap();

    // Callers can't approve calls.
    for (token, status) in [
        (Some(TOKEN), StatusCode::FORBIDDEN),
        (Some("guess"), StatusCode::UNAUTHORIZED),
        (None, StatusCode::UNAUTHORIZED),
    ] {
        for request in [
            server.client.get(format!("{}/approvals", server.base)),
            server.client.post(format!("{}/approvals/{id}", server.base)),
        ] {
            let request = match token {
                Some(token) => request.bearer_auth(token),
                None => request,
            };
            assert_eq!(request.send().await.unwrap().status(), status, "{token:?}");
        }
    }
    // Approvers can't make calls.
    let made = server
        .client
        .post(format!("{}/tools/{TOOL}/call", server.base))
        .bearer_auth(APPROVER)
        .json(&arguments);
    assert_eq!(made.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);

    let waiting: Value = server.approvals("", None).send().await.unwrap().json().await.unwrap();
    assert_eq!(waiting["approvals"].as_array().unwrap().len(), 1);
    assert!(waiting["approvals"][0]["question"].as_str().unwrap().contains("text: \"a\""), "{waiting}");
    assert_eq!(
        server.approvals(id, Some(json!({"aprove": true}))).send().await.unwrap().status(),
        StatusCode::BAD_REQUEST
    );
    let approved: Value =
        server.approvals(id, Some(json!({"by": "Ada"}))).send().await.unwrap().json().await.unwrap();
    let token = approved["approval_token"].as_str().unwrap();
    assert_eq!(
        server.approvals(id, Some(json!({}))).send().await.unwrap().status(),
        StatusCode::NOT_FOUND,
        "decided once"
    );

    let with = |tool: &str, arguments: &Value, token: &str| {
        server.call(tool, arguments).header("x-approval-token", token).header("idempotency-key", "k")
    };
    for (tool, arguments, token, said) in [
        (TOOL, &others, token, "with other arguments"),
        (TOOL, &arguments, "guess", "unknown"),
        ("create_a_ticket", &json!({"summary": "x", "company": {"id": 1}}), token, "with other arguments"),
    ] {
        let response = with(tool, arguments, token).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
        let body: Value = response.json().await.unwrap();
        assert!(
            body["kind"] == "approval_refused" && body["message"].as_str().unwrap().contains(said),
            "{body}"
        );
    }
    assert_eq!(copies.sent().await, 0);
    assert_eq!(with(TOOL, &arguments, token).send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(copies.sent().await, 1);
    let again = server.call(TOOL, &arguments).header("x-approval-token", token).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::FORBIDDEN, "a second use");
    assert_eq!(
        with(TOOL, &arguments, token).send().await.unwrap().status(),
        StatusCode::OK,
        "its answer is kept"
    );
    assert_eq!(copies.sent().await, 1);

    let audited = copies.audited();
    let made: Vec<_> = audited.iter().filter(|(outcome, _)| outcome == "ok").collect();
    assert_eq!(made, [&("ok".to_owned(), json!("Ada (CWPSA_APPROVER_TOKEN)"))]);
    assert!(audited.iter().any(|(outcome, _)| outcome == "approval_required"));
    let text = std::fs::read_to_string(copies.audit.path()).unwrap();
    assert!(!text.contains(token) && !text.contains(APPROVER));
}

#[tokio::test]
async fn proxy_calls_need_approval_and_can_be_declined() {
    let copies = Copies::start(1, &["--approve", "destructive"], true).await;
    Mock::given(method("DELETE")).respond_with(ResponseTemplate::new(204)).mount(&copies.upstream).await;
    note_made(&copies).await;
    let server = &copies.all[0];
    let note = server
        .call(TOOL, &json!({"ticketId": 7, "text": "a", "internalAnalysisFlag": true}))
        .send()
        .await
        .unwrap();
    assert_eq!(note.status(), StatusCode::OK, "it destroys nothing");
    let delete = |id: u64| {
        let at = format!("{}/proxy/service_tickets/{id}?integrated_account_id=acme", server.base);
        server.client.delete(at).bearer_auth(TOKEN)
    };
    let refused: Value = delete(7).send().await.unwrap().json().await.unwrap();
    assert_eq!(refused["kind"], "approval_required", "{refused}");
    let id = refused["approval"]["id"].as_str().unwrap();
    let token: Value = server.approvals(id, Some(json!({}))).send().await.unwrap().json().await.unwrap();
    let token = token["approval_token"].as_str().unwrap();
    let other = delete(8).header("x-approval-token", token).send().await.unwrap();
    assert_eq!(other.status(), StatusCode::FORBIDDEN);
    let done = delete(7).header("x-approval-token", token).send().await.unwrap();
    assert_eq!(done.status(), StatusCode::NO_CONTENT);

    let refused: Value = delete(9).send().await.unwrap().json().await.unwrap();
    let id = refused["approval"]["id"].as_str().unwrap();
    let said = server.approvals(id, Some(json!({"approve": false}))).send().await.unwrap();
    assert_eq!(said.json::<Value>().await.unwrap()["approved"], false);
    let refused: Value = delete(9).send().await.unwrap().json().await.unwrap();
    assert_eq!(refused["kind"], "approval_declined", "{refused}");
}

#[tokio::test]
async fn call_without_an_approver_is_not_run() {
    let copies = Copies::start(1, &["--approve", TOOL], false).await;
    note_made(&copies).await;
    let server = &copies.all[0];
    let arguments = json!({"ticketId": 7, "text": "a", "internalAnalysisFlag": true});
    let refused = server.call(TOOL, &arguments).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let refused: Value = refused.json().await.unwrap();
    assert!(
        refused["kind"] == "approval_unavailable"
            && refused["next_step"].as_str().unwrap().contains("CWPSA_APPROVER_TOKEN")
    );
    // A client without elicitation.
    let session = server.begin("/mcp", json!({})).await;
    let call = json!({"jsonrpc": "2.0", "id": 5, "method": "tools/call",
        "params": {"name": "call_tool", "arguments": {"name": TOOL, "arguments": arguments}}});
    let answer = server.in_session("/mcp", &session, &call).await;
    assert_eq!(answer["result"]["isError"], true);
    assert_eq!(answer["result"]["structuredContent"]["error"]["kind"], "approval_unavailable", "{answer}");
    assert_eq!(copies.sent().await, 0);
}

#[tokio::test]
async fn account_with_an_approver_does_not_use_elicitation() {
    let copies = Copies::start(1, &["--approve", "writes"], true).await;
    note_made(&copies).await;
    let server = &copies.all[0];
    let call = json!({"name": "call_tool", "arguments": {"name": TOOL, "arguments": {"ticketId": 7, "text": "a", "internalAnalysisFlag": true}}});
    // The client supports elicitation, but anyone with the account's token could claim that the user
    // approved.
    let answer = server.message("tools/call", call.clone()).await;
    let error = &answer["result"]["structuredContent"]["error"];
    assert_eq!(error["kind"], "approval_required", "{answer}");
    let id = error["approval"]["id"].as_str().unwrap();
    let token: Value = server.approvals(id, Some(json!({}))).send().await.unwrap().json().await.unwrap();
    let session = server.begin("/mcp", json!({})).await;
    let mut params = call;
    params["_meta"] = json!({"connectwise/approval-token": token["approval_token"]});
    let message = json!({"jsonrpc": "2.0", "id": 5, "method": "tools/call", "params": params});
    let answer = server.in_session("/mcp", &session, &message).await;
    assert_eq!(answer["result"]["structuredContent"], json!({"result": {"id": 1}}), "{answer}");
    let answer = server.in_session("/mcp", &session, &message).await;
    assert_eq!(answer["result"]["structuredContent"]["error"]["kind"], "approval_refused", "{answer}");
    assert_eq!(copies.sent().await, 1);
}

#[tokio::test]
async fn elicitation_in_a_session_blocks_the_call() {
    let copies = Copies::start(1, &["--approve", "writes"], false).await;
    note_made(&copies).await;
    let server = &copies.all[0];
    let session = server.begin("/mcp", json!({"elicitation": {}})).await;
    for (action, kind) in [
        ("decline", json!("approval_declined")),
        ("cancel", json!("approval_declined")),
        ("accept", Value::Null),
    ] {
        let call = json!({"jsonrpc": "2.0", "id": action, "method": "tools/call",
            "params": {"name": "call_tool", "arguments": {"name": TOOL, "arguments": {"ticketId": 7, "text": "a", "internalAnalysisFlag": true}}}});
        let mut stream = server
            .client
            .post(format!("{}/mcp", server.base))
            .bearer_auth(TOKEN)
            .header("accept", "application/json, text/event-stream")
            .header("mcp-session-id", &session)
            .json(&call)
            .send()
            .await
            .unwrap();
        let mut body = String::new();
        let question = loop {
            let chunk = stream.chunk().await.unwrap().expect("a question");
            body.push_str(std::str::from_utf8(&chunk).unwrap());
            if body.contains("elicitation/create") && body.ends_with("\n\n") {
                break last(&body);
            }
        };
        assert_eq!(copies.sent().await, 0);
        let asked = question["params"]["message"].as_str().unwrap();
        assert!(asked.contains("ticketId: 7") && asked.contains("account acme"), "{asked}");
        let answer =
            json!({"jsonrpc": "2.0", "id": question["id"], "result": {"action": action, "content": {}}});
        server.in_session("/mcp", &session, &answer).await;
        let mut body = String::new();
        while let Some(chunk) = stream.chunk().await.unwrap() {
            body.push_str(std::str::from_utf8(&chunk).unwrap());
        }
        let answer = last(&body);
        assert_eq!(answer["result"]["structuredContent"]["error"]["kind"], kind, "{answer}");
    }
    assert_eq!(copies.sent().await, 1);
    let audited = copies.audited();
    let outcomes: Vec<&str> = audited.iter().map(|(outcome, _)| &**outcome).collect();
    let asked = "approval_requested";
    assert_eq!(outcomes, [asked, "declined", asked, "dismissed", asked, "started", "ok"]);
    assert_eq!(audited[6].1, "the MCP client's user");
}
