//! Combines every kind of API failure with every way to send a write. A write must never be applied twice, a failure
//! must never be reported as a success, and a write that may have been applied must never be reported as not applied.

mod stdio;

use std::path::Path;
use std::process::Stdio;

use futures_util::future::join_all;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use toolcrate_testing::ports::free_port;
use toolcrate_testing::scripted_server::{ScriptedResponse, ScriptedServer};
use toolcrate_testing::wait::wait_for;

use crate::support::copies::{Copy, last};
use crate::support::{TOKEN, audit_entries, cwpsa, settings_for};

const TOOL: &str = "create_a_ticket_note";
/// Longer than a busy machine needs, for failures other than a timeout.
const LONG: &str = "60";
/// Enough time to send a write on a busy machine.
const SHORT: &str = "5";
const HTML: &[(&str, &str)] = &[("content-type", "text/html")];
const JSON: &[(&str, &str)] = &[("content-type", "application/json")];

/// The effect of a failure on the write.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Truth {
    /// The write was not made, and the caller can know that.
    NotMade,
    /// The write may have been made.
    Unknown,
    /// The write was not made, but whether the caller can know that depends on how far the request got.
    Unread,
}

/// A kind of failure, and the API's behavior.
struct Failure {
    name: &'static str,
    truth: Truth,
    response: fn() -> ScriptedResponse,
}

const FAILURES: [Failure; 14] = {
    use ScriptedResponse::{Close, CloseUnread};
    use Truth::{NotMade, Unknown, Unread};
    const fn failure(name: &'static str, truth: Truth, response: fn() -> ScriptedResponse) -> Failure {
        Failure { name, truth, response }
    }
    [
        failure("302", Unknown, || ScriptedResponse::with_body(302, &[("location", "/login")], b"")),
        failure("307", Unknown, || {
            ScriptedResponse::with_body(307, &[("location", "/service/tickets/7/notes")], b"")
        }),
        failure("400", NotMade, || {
            ScriptedResponse::json(400, &json!({"code": "InvalidObject", "message": "no"}))
        }),
        failure("404", NotMade, || {
            ScriptedResponse::json(404, &json!({"code": "NotFound", "message": "no"}))
        }),
        failure("409", NotMade, || ScriptedResponse::with_body(409, &[], b"")),
        failure("429", NotMade, || ScriptedResponse::with_body(429, &[("retry-after", "30")], b"")),
        failure("500", Unknown, || {
            ScriptedResponse::json(500, &json!({"code": "Timeout", "message": "later"}))
        }),
        failure("502 with a page", Unknown, || {
            ScriptedResponse::with_body(502, HTML, b"<html>Bad gateway</html>")
        }),
        failure("503", Unknown, || ScriptedResponse::with_body(503, &[("retry-after", "0")], b"")),
        failure("cut before", Unread, || CloseUnread),
        failure("cut after", Unknown, || Close),
        failure("truncated", Unknown, || {
            ScriptedResponse::Bytes(
                b"HTTP/1.1 201 X\r\ncontent-type: application/json\r\ncontent-length: 90\r\n\r\n{\"id\": 1"
                    .to_vec(),
            )
        }),
        failure("half of the JSON", Unknown, || {
            ScriptedResponse::with_body(201, JSON, b"{\"id\": 1, \"text")
        }),
        failure("HTML", Unknown, || {
            ScriptedResponse::with_body(200, HTML, b"<html><title>Sign in</title></html>")
        }),
    ]
};

/// A way to make a call over HTTP.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Route {
    Plain,
    Proxy,
    Mcp,
}

/// The protection against making a call twice.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Guard {
    None,
    Key,
    Approval,
}

/// MCP has no idempotency keys.
const HTTP_WAYS: [(Route, Guard); 8] = [
    (Route::Plain, Guard::None),
    (Route::Plain, Guard::Key),
    (Route::Plain, Guard::Approval),
    (Route::Proxy, Guard::None),
    (Route::Proxy, Guard::Key),
    (Route::Proxy, Guard::Approval),
    (Route::Mcp, Guard::None),
    (Route::Mcp, Guard::Approval),
];

/// How a call ended for its caller.
#[derive(Clone, Debug, PartialEq)]
enum Seen {
    Success,
    /// The error kind.
    Failure(String),
}

impl Seen {
    fn failure(error: &Value) -> Self {
        Self::Failure(
            error["kind"].as_str().unwrap_or_else(|| panic!("expected an error, got {error}")).to_owned(),
        )
    }

    fn of_mcp(result: &Value) -> Self {
        assert!(result["structuredContent"].is_object(), "expected the result of a tool, got {result}");
        if result["isError"] == true {
            Self::failure(&result["structuredContent"]["error"])
        } else {
            Self::Success
        }
    }
}

fn arguments() -> Value {
    json!({"ticketId": 7, "text": "a", "internalAnalysisFlag": true})
}

fn made() -> ScriptedResponse {
    ScriptedResponse::json(201, &json!({"id": 1}))
}

/// Returns the outcomes in an audit log.
fn audited(audit: &Path) -> Vec<String> {
    audit_entries(audit).iter().map(|entry| entry["outcome"].as_str().unwrap().to_owned()).collect()
}

/// Checks that the API got the request exactly once, or not at all if it never read it.
fn check_sent_once(what: &str, truth: Truth, requests: usize) {
    assert_eq!(requests, usize::from(truth != Truth::Unread), "{what}");
}

/// Checks the result of a failed call for the caller, and the entry in the audit log.
fn check(what: &str, truth: Truth, seen: &Seen, audit: Option<&Path>) {
    let Seen::Failure(kind) = seen else { panic!("{what}: a failure was reported as a success") };
    match truth {
        Truth::Unknown => assert_eq!(kind, "outcome_unknown", "{what}"),
        Truth::NotMade => assert_ne!(kind, "outcome_unknown", "{what}"),
        Truth::Unread => {
            assert!(["outcome_unknown", "unreachable"].contains(&kind.as_str()), "{what}: {kind}")
        }
    }
    if let Some(audit) = audit {
        assert_eq!(audited(audit).last(), Some(kind), "{what}: the audit log says the same");
    }
}

/// A server for one route, with an API.
struct Server {
    copy: Copy,
    route: Route,
    guard: Guard,
    audit: NamedTempFile,
    settings: NamedTempFile,
}

impl Server {
    async fn start(route: Route, guard: Guard, api: &str, timeout: &str, state: Option<&str>) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (settings, audit) = (settings_for(api), NamedTempFile::new().unwrap());
        let copy = Self::copy(guard, &settings, &audit, timeout, state).await;
        Self { copy, route, guard, audit, settings }
    }

    async fn copy(
        guard: Guard,
        settings: &NamedTempFile,
        audit: &NamedTempFile,
        timeout: &str,
        state: Option<&str>,
    ) -> Copy {
        let approve = if guard == Guard::Approval { "writes" } else { "none" };
        let flags = ["--custom-fields", "false", "--upstream-timeout", timeout, "--approve", approve];
        Copy::start(settings.path(), audit.path(), state, &flags, guard == Guard::Approval).await
    }

    /// Returns the header to send with a call and its repetitions: a key, or an approval token.
    async fn guard(&self, number: usize) -> Option<(&'static str, String)> {
        match self.guard {
            Guard::None => None,
            Guard::Key => Some(("idempotency-key", format!("key {number}"))),
            Guard::Approval => {
                let asked: Value =
                    self.copy.call(TOOL, &arguments()).send().await.unwrap().json().await.unwrap();
                let id = asked["approval"]["id"].as_str().unwrap_or_else(|| panic!("{asked}"));
                let given = self.copy.approvals(id, Some(json!({}))).send().await.unwrap();
                let given: Value = given.json().await.unwrap();
                Some(("x-approval-token", given["approval_token"].as_str().unwrap().to_owned()))
            }
        }
    }

    fn request(&self, guard: Option<&(&'static str, String)>) -> RequestBuilder {
        let request = match self.route {
            Route::Plain => self.copy.call(TOOL, &arguments()),
            Route::Proxy => {
                let url = format!("{}/proxy/service_tickets__notes?ticketId=7", self.copy.base);
                let body = json!({"text": "a", "internalAnalysisFlag": true});
                self.copy.client.post(url).bearer_auth(TOKEN).json(&body)
            }
            Route::Mcp => self.copy.stateless("tools/call", json!({"name": TOOL, "arguments": arguments()})),
        };
        guard.into_iter().fold(request, |request, (name, value)| request.header(*name, value))
    }

    async fn call(&self, guard: Option<&(&'static str, String)>) -> Seen {
        let response = self.request(guard).send().await.unwrap();
        let status = response.status();
        let body = last(&response.text().await.unwrap());
        match self.route {
            Route::Mcp => Seen::of_mcp(&body["result"]),
            Route::Plain | Route::Proxy if status.is_success() => Seen::Success,
            Route::Plain | Route::Proxy => Seen::failure(&body),
        }
    }

    /// Repeats a failed call. Only a call that was not made is sent again, and only once.
    async fn check_repetitions(
        &self,
        what: &str,
        guard: (&'static str, String),
        first: &Seen,
        api: &ScriptedServer,
    ) {
        let sent = api.requests().len();
        api.set_responses([made(), made(), made()]);
        let known = *first != Seen::Failure("outcome_unknown".to_owned());
        let again = [self.call(Some(&guard)).await, self.call(Some(&guard)).await];
        assert_eq!(api.requests().len() - sent, usize::from(known), "{what}: sent again");
        let expected = match (known, self.guard) {
            (true, Guard::Key) => [Seen::Success, Seen::Success],
            (true, _) => [Seen::Success, Seen::Failure("approval_refused".to_owned())],
            (false, Guard::Key) => [first.clone(), first.clone()],
            (false, _) => [(); 2].map(|()| Seen::Failure("approval_refused".to_owned())),
        };
        assert_eq!(again, expected, "{what}");
    }
}

/// Runs a test for all HTTP routes at once, because each one has separate servers.
async fn each_way(test: impl AsyncFn(Route, Guard)) {
    join_all(HTTP_WAYS.map(|(route, guard)| test(route, guard))).await;
}

#[tokio::test]
async fn failures_are_reported_truthfully_over_http() {
    each_way(async |route, guard| {
        let api = ScriptedServer::start([]).await;
        let server = Server::start(route, guard, &api.url(""), LONG, None).await;
        for (number, failure) in FAILURES.iter().enumerate() {
            let what = format!("{}, {route:?}, {guard:?}", failure.name);
            let guard = server.guard(number).await;
            let sent = api.requests().len();
            api.set_responses([(failure.response)()]);
            let seen = server.call(guard.as_ref()).await;
            check(&what, failure.truth, &seen, Some(server.audit.path()));
            check_sent_once(&what, failure.truth, api.requests().len() - sent);
            if let Some(guard) = guard {
                server.check_repetitions(&what, guard, &seen, &api).await;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn timeout_leaves_the_outcome_unknown_over_http() {
    each_way(async |route, guard| {
        let what = format!("timeout, {route:?}, {guard:?}");
        let api = ScriptedServer::start([ScriptedResponse::Hang]).await;
        let server = Server::start(route, guard, &api.url(""), SHORT, None).await;
        let guard = server.guard(0).await;
        let seen = server.call(guard.as_ref()).await;
        check(&what, Truth::Unknown, &seen, Some(server.audit.path()));
        assert_eq!(api.requests().len(), 1, "{what}");
        if let Some(guard) = guard {
            server.check_repetitions(&what, guard, &seen, &api).await;
        }
    })
    .await;
}

#[tokio::test]
async fn refused_connection_is_reported_over_http() {
    let closed = format!("http://127.0.0.1:{}", free_port());
    for (route, guard) in HTTP_WAYS {
        let server = Server::start(route, guard, &closed, LONG, None).await;
        let guard = server.guard(0).await;
        // Nothing was sent, so the key and the approval are still unused.
        for _ in 0..2 {
            let seen = server.call(guard.as_ref()).await;
            assert_eq!(seen, Seen::Failure("unreachable".to_owned()), "{route:?}, {:?}", server.guard);
        }
    }
}

/// Returns a `cwpsa call` command for an API.
fn command(settings: &NamedTempFile) -> tokio::process::Command {
    let mut command = cwpsa();
    command.args(["call", TOOL, "--json", "--args", &arguments().to_string()]);
    command.args(["--config", settings.path().to_str().unwrap()]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

#[tokio::test]
async fn failures_are_reported_truthfully_on_the_command_line() {
    let api = ScriptedServer::start([]).await;
    let settings = settings_for(&api.url(""));
    for failure in &FAILURES {
        let sent = api.requests().len();
        api.set_responses([(failure.response)()]);
        let output = command(&settings).output().await.unwrap();
        assert!(!output.status.success(), "{}", failure.name);
        let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
        check(failure.name, failure.truth, &Seen::failure(&printed["error"]), None);
        check_sent_once(failure.name, failure.truth, api.requests().len() - sent);
    }
}

#[tokio::test]
async fn timeout_leaves_the_outcome_unknown_on_the_command_line() {
    let api = ScriptedServer::start([ScriptedResponse::Hang, made()]).await;
    let settings = settings_for(&api.url(""));
    let output = command(&settings).args(["--upstream-timeout", SHORT]).output().await.unwrap();
    assert!(!output.status.success());
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    check("timeout", Truth::Unknown, &Seen::failure(&printed["error"]), None);
    assert_eq!(api.requests().len(), 1);
}

/// Waits for the outcome of a write whose caller disconnected, which must not be that of a completed call.
async fn wait_for_outcome(what: &str, audit: &Path) {
    let ended = async || {
        let outcomes = audited(audit);
        let ended = |outcome: &&String| ["canceled", "outcome_unknown"].contains(&outcome.as_str());
        outcomes.iter().find(ended).cloned()
    };
    wait_for(&format!("a line about the outcome: {what}"), ended).await;
    let outcomes = audited(audit);
    let false_outcomes = ["ok", "unreachable", "timeout"];
    assert!(
        !outcomes.iter().any(|outcome| false_outcomes.contains(&outcome.as_str())),
        "{what}: {outcomes:?}"
    );
}

#[tokio::test]
async fn write_whose_caller_left_is_not_repeated() {
    each_way(async |route, guard| {
        let what = format!("{route:?}, {guard:?}");
        let api = ScriptedServer::start([ScriptedResponse::Hang]).await;
        let server = Server::start(route, guard, &api.url(""), SHORT, None).await;
        let guard = server.guard(0).await;
        let call = tokio::spawn(server.request(guard.as_ref()).send());
        wait_for("the write", async || (!api.requests().is_empty()).then_some(())).await;
        call.abort();
        assert!(call.await.unwrap_err().is_cancelled());
        api.set_responses([made(), made()]);
        if guard.is_some() {
            let kind = if server.guard == Guard::Key { "outcome_unknown" } else { "approval_refused" };
            assert_eq!(server.call(guard.as_ref()).await, Seen::Failure(kind.to_owned()), "{what}");
            assert_eq!(api.requests().len(), 1, "{what}");
        }
        wait_for_outcome(&what, server.audit.path()).await;
    })
    .await;
}

#[tokio::test]
async fn write_whose_server_was_killed_is_not_repeated() {
    each_way(async |route, guard| {
        let what = format!("{route:?}, {guard:?}");
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state").to_str().unwrap().to_owned();
        let api = ScriptedServer::start([ScriptedResponse::Hang, made(), made()]).await;
        let mut server = Server::start(route, guard, &api.url(""), LONG, Some(&state)).await;
        let guard = server.guard(0).await;
        let call = tokio::spawn(server.request(guard.as_ref()).send());
        wait_for("the write", async || (!api.requests().is_empty()).then_some(())).await;
        server.copy.kill().await;
        let seen = call.await.unwrap().map(|response| response.status());
        assert!(seen.as_ref().is_err() || route == Route::Mcp, "{what}: {seen:?}");
        assert_eq!(audited(server.audit.path()).last().map(String::as_str), Some("started"), "{what}");
        if guard.is_some() {
            server.copy =
                Server::copy(server.guard, &server.settings, &server.audit, LONG, Some(&state)).await;
            let kind = if server.guard == Guard::Key { "outcome_unknown" } else { "approval_refused" };
            // A server can't know that another one has crashed, so it waits a while for the response.
            let again = join_all([server.call(guard.as_ref()), server.call(guard.as_ref())]).await;
            assert_eq!(again, [(); 2].map(|()| Seen::Failure(kind.to_owned())), "{what}");
            assert_eq!(api.requests().len(), 1, "{what}");
        }
    })
    .await;
}

#[tokio::test]
async fn killed_command_reports_nothing() {
    let api = ScriptedServer::start([ScriptedResponse::Hang]).await;
    let settings = settings_for(&api.url(""));
    let mut child = command(&settings).spawn().unwrap();
    wait_for("the write", async || (!api.requests().is_empty()).then_some(())).await;
    child.start_kill().unwrap();
    let output = child.wait_with_output().await.unwrap();
    assert!(!output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    assert_eq!(api.requests().len(), 1);
}
