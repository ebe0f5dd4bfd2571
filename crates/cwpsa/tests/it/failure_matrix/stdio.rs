//! Tests API failures over MCP's stdio transport, with and without approval by the client's user.

use serde_json::{Value, json};
use tempfile::NamedTempFile;
use toolcrate_testing::scripted_server::{ScriptedResponse, ScriptedServer};
use toolcrate_testing::wait::wait_for;

use super::{
    FAILURES, LONG, SHORT, Seen, TOOL, Truth, arguments, audited, check, check_sent_once, made,
    wait_for_outcome,
};
use crate::support::settings_for;
use crate::support::stdio::Session;

fn call(id: u64) -> Value {
    let params = json!({"name": TOOL, "arguments": arguments()});
    json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params})
}

async fn stdio(settings: &NamedTempFile, audit: &NamedTempFile, timeout: &str) -> Session {
    let (settings, audit) = (settings.path().to_str().unwrap(), audit.path().to_str().unwrap());
    let flags =
        ["--config", settings, "--audit", audit, "--custom-fields", "false", "--upstream-timeout", timeout];
    Session::new(&flags).await
}

#[tokio::test]
async fn failures_are_reported_truthfully_over_stdio() {
    let api = ScriptedServer::start([]).await;
    let (settings, audit) = (settings_for(&api.url("")), NamedTempFile::new().unwrap());
    let mut session = stdio(&settings, &audit, LONG).await;
    for failure in &FAILURES {
        let sent = api.requests().len();
        api.set_responses([(failure.response)()]);
        let seen = Seen::of_mcp(&session.call(TOOL, arguments()).await);
        check(failure.name, failure.truth, &seen, Some(audit.path()));
        check_sent_once(failure.name, failure.truth, api.requests().len() - sent);
    }
}

/// Starts a session whose client asks its user to approve writes.
async fn approving_stdio(settings: &NamedTempFile, audit: &NamedTempFile, timeout: &str) -> Session {
    let (settings, audit) = (settings.path().to_str().unwrap(), audit.path().to_str().unwrap());
    let flags = ["--config", settings, "--audit", audit, "--custom-fields", "false"];
    let flags: Vec<&str> =
        flags.into_iter().chain(["--upstream-timeout", timeout, "--approve", "writes"]).collect();
    Session::with_capabilities(&flags, json!({"elicitation": {}})).await
}

/// Requests a call, and accepts the prompt about it.
async fn request_approved(session: &mut Session, id: u64) {
    session.send(&call(id)).await;
    let question = session.receive().await;
    assert_eq!(question["method"], "elicitation/create", "{question}");
    let response = json!({"action": "accept", "content": {}});
    session.send(&json!({"jsonrpc": "2.0", "id": question["id"], "result": response})).await;
}

#[tokio::test]
async fn failures_of_approved_writes_are_reported_truthfully_over_stdio() {
    let api = ScriptedServer::start([]).await;
    let (settings, audit) = (settings_for(&api.url("")), NamedTempFile::new().unwrap());
    let mut session = approving_stdio(&settings, &audit, LONG).await;
    for (id, failure) in (100..).zip(&FAILURES) {
        let sent = api.requests().len();
        api.set_responses([(failure.response)(), made()]);
        request_approved(&mut session, id).await;
        let response = session.receive().await;
        assert_eq!(response["id"], id, "{response}");
        check(failure.name, failure.truth, &Seen::of_mcp(&response["result"]), Some(audit.path()));
        // An approval is valid for one request: the same call prompts again.
        check_sent_once(failure.name, failure.truth, api.requests().len() - sent);
    }
}

#[tokio::test]
async fn approved_write_that_times_out_over_stdio_is_not_repeated() {
    let api = ScriptedServer::start([ScriptedResponse::Hang, made()]).await;
    let (settings, audit) = (settings_for(&api.url("")), NamedTempFile::new().unwrap());
    let mut session = approving_stdio(&settings, &audit, SHORT).await;
    request_approved(&mut session, 100).await;
    let seen = Seen::of_mcp(&session.receive().await["result"]);
    check("timeout", Truth::Unknown, &seen, Some(audit.path()));
    session.send(&call(101)).await;
    assert_eq!(session.receive().await["method"], "elicitation/create", "the approval was used");
    assert_eq!(api.requests().len(), 1);
}

/// How a caller disconnects before its call ends.
#[derive(Clone, Copy, Debug)]
enum Departure {
    Cancel,
    Close,
}

#[tokio::test]
async fn write_whose_stdio_caller_left_is_not_reported_as_finished() {
    for (departure, approved) in [
        (Departure::Cancel, false),
        (Departure::Cancel, true),
        (Departure::Close, false),
        (Departure::Close, true),
    ] {
        let what = format!("{departure:?}, approved: {approved}");
        let api = ScriptedServer::start([ScriptedResponse::Hang, made()]).await;
        let (settings, audit) = (settings_for(&api.url("")), NamedTempFile::new().unwrap());
        let mut session = if approved {
            let mut session = approving_stdio(&settings, &audit, SHORT).await;
            request_approved(&mut session, 100).await;
            session
        } else {
            let mut session = stdio(&settings, &audit, SHORT).await;
            session.send(&call(100)).await;
            session
        };
        wait_for("the write", async || (!api.requests().is_empty()).then_some(())).await;
        match departure {
            Departure::Cancel => {
                let params = json!({"requestId": 100, "reason": "the user left"});
                let message =
                    json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params});
                session.send(&message).await;
            }
            Departure::Close => session.close_input(),
        }
        wait_for_outcome(&what, audit.path()).await;
        assert_eq!(api.requests().len(), 1, "{what}");
    }
}

#[tokio::test]
async fn timeout_leaves_the_outcome_unknown_over_stdio() {
    let api = ScriptedServer::start([ScriptedResponse::Hang]).await;
    let (settings, audit) = (settings_for(&api.url("")), NamedTempFile::new().unwrap());
    let mut session = stdio(&settings, &audit, SHORT).await;
    let seen = Seen::of_mcp(&session.call(TOOL, arguments()).await);
    check("timeout", Truth::Unknown, &seen, Some(audit.path()));
    assert_eq!(api.requests().len(), 1);
}

#[tokio::test]
async fn killed_stdio_server_has_audited_the_write() {
    let api = ScriptedServer::start([ScriptedResponse::Hang]).await;
    let (settings, audit) = (settings_for(&api.url("")), NamedTempFile::new().unwrap());
    let mut session = stdio(&settings, &audit, LONG).await;
    session.send(&call(99)).await;
    wait_for("the write", async || (!api.requests().is_empty()).then_some(())).await;
    session.process.kill().await.unwrap();
    assert_eq!(audited(audit.path()), ["started"]);
    assert_eq!(api.requests().len(), 1);
}
