//! Observes a running server from outside: logs without secrets, traces that continue to the API, readiness, and
//! response size limits.

use std::process::Stdio;
use std::time::Duration;

use crate::support::{TOKEN, audit_entries, cwpsa, initialize, origin, serve, settings, wait_for_requests};
use clap::Parser;
use cwpsa::cli::{Cli, Command as CliCommand, McpArgs, ServeArgs};
use cwpsa::services::UPSTREAM_TIMEOUT;
use reqwest::Client;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use toolcrate_testing::process::ServerProcess;
use toolcrate_testing::wait::{CONDITION_TIMEOUT, wait_for};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

fn parent() -> String {
    format!("00-{TRACE}-00f067aa0ba902b7-01")
}

async fn upstream() -> MockServer {
    // Of several clients in one process, only the first installs it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let upstream = MockServer::start().await;
    for (at, body) in [
        ("/service/tickets/7", json!({"id": 7})),
        ("/system/info", json!({"version": "v2025.1"})),
        ("/service/tickets", (1..=30).map(|id| json!({"id": id, "summary": "x".repeat(100)})).collect()),
    ] {
        Mock::given(method("GET"))
            .and(path(at))
            .respond_with(ResponseTemplate::new(200).set_body_json(body))
            .mount(&upstream)
            .await;
    }
    upstream
}

/// A process whose logs are read.
struct Process {
    server: ServerProcess,
    base: String,
    /// Where the log starts, after the startup messages.
    start: usize,
}

impl Process {
    async fn new(settings: &tempfile::NamedTempFile, flags: &[&str], level: &str) -> Self {
        let mut command = cwpsa();
        command.args(["serve", "--listen", "127.0.0.1:0", "--config", settings.path().to_str().unwrap()]);
        command.args(flags).env("CWPSA_LOG_LEVEL", level);
        let server = ServerProcess::start(command);
        let base = origin(&server).await;
        let log = server.log();
        let address = log.find("http://").unwrap();
        let start = address + log[address..].find('\n').unwrap() + 1;
        Self { server, base, start }
    }

    /// Returns the log once it contains this many lines with `word`.
    async fn log(&self, word: &str, times: usize) -> String {
        let log = |log: &str| {
            let log = &log[self.start..];
            (log.matches(word).count() >= times).then(|| log.to_owned())
        };
        self.server.wait_for_log(&format!("{times} times {word}"), log).await
    }
}

#[tokio::test]
async fn trace_is_propagated_and_logged_without_secrets() {
    let upstream = upstream().await;
    let settings = settings(&upstream);
    let audit = tempfile::NamedTempFile::new().unwrap();
    let flags = ["--log-format", "json", "--audit", audit.path().to_str().unwrap()];
    let process = Process::new(&settings, &flags, "trace").await;
    let (client, base) = (Client::new(), &process.base);
    client
        .get(format!("{base}/proxy/service_tickets/7"))
        .bearer_auth(TOKEN)
        .header("traceparent", parent())
        .header("tracestate", "congo=t61rcWkgMzE")
        .send()
        .await
        .unwrap();
    let sent = upstream.received_requests().await.unwrap().pop().unwrap();
    let passed = sent.headers["traceparent"].to_str().unwrap();
    assert!(passed.starts_with(&format!("00-{TRACE}-")) && passed.ends_with("-01"), "{passed}");
    assert_ne!(passed, parent(), "a span of our own");
    assert_eq!(sent.headers["tracestate"], "congo=t61rcWkgMzE");
    let line: Value = serde_json::from_str(&std::fs::read_to_string(audit.path()).unwrap()).unwrap();
    assert_eq!((&line["trace_id"], &line["span_id"]), (&json!(TRACE), &json!(passed[36..52])));

    // Tokens in headers, in paths, in queries, and in unexpected places; arguments.
    let token: Value = client
        .post(format!("{base}/integrated-account/acme/mcp"))
        .bearer_auth(TOKEN)
        .json(&json!({"name": "all"}))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let token = token["token"].as_str().unwrap();
    let call = json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "get_single_ticket_by_id", "arguments": {"id": 7, "password": "hush-hush"}}});
    for (url, body) in [
        (format!("{base}/mcp/{token}"), call.clone()),
        (format!("{base}/mcp/{token}/x"), call.clone()),
        (format!("{base}/mcp?token={token}"), call.clone()),
        (format!("{base}/{token}"), json!({})),
        (
            format!("{base}/tools/create_a_ticket/call?account=acme&password=hush-hush"),
            json!({"summary": "hush-hush"}),
        ),
    ] {
        for bearer in [TOKEN, "other-secret"] {
            let request =
                client.post(&url).bearer_auth(bearer).header("accept", "application/json, text/event-stream");
            request.json(&body).send().await.unwrap();
        }
    }
    let log = process.log("request handled", 12).await;
    for secret in [TOKEN, token, "other-secret", "hush-hush", "private-key-of-acme", "client-id-of-acme"] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let find = |word: &str| {
        let fits = |line: &&Value| line["message"] == word && line["spans"][0]["trace_id"] == TRACE;
        lines.iter().find(fits).unwrap_or_else(|| panic!("{word}: {log}")).clone()
    };
    let handled = find("request handled");
    let span = &handled["spans"][0];
    assert_eq!(
        (
            &handled["http.response.status_code"],
            &span["http.request.method"],
            &span["http.route"],
            &span["account"]
        ),
        (&json!(200), &json!("GET"), &json!("/proxy/{resource}/{rest}"), &json!("acme"))
    );
    assert!(handled["duration_ms"].as_f64().unwrap() > 0.0);
    let executed = find("tool executed");
    assert_eq!((&executed["outcome"], &executed["http.response.status_code"]), (&json!("ok"), &json!(200)));
    assert_eq!(executed["spans"][1]["gen_ai.tool.name"], "get_single_ticket_by_id");
    assert!(lines.iter().any(|line| line["spans"][0]["http.route"] == "/mcp/{token}"), "{log}");
}

#[tokio::test]
async fn log_format_is_configurable_and_invalid_levels_are_rejected() {
    let upstream = upstream().await;
    let settings = settings(&upstream);
    for (form, is_there) in [("text", true), ("off", false)] {
        let audit = tempfile::NamedTempFile::new().unwrap();
        let flags = ["--log-format", form, "--audit", audit.path().to_str().unwrap()];
        let process = Process::new(&settings, &flags, "").await;
        Client::new()
            .get(format!("{}/proxy/service_tickets/7", process.base))
            .bearer_auth(TOKEN)
            .send()
            .await
            .unwrap();
        if is_there {
            let log = process.log("request handled", 1).await;
            assert!(
                log.contains("INFO request{http.request.method=GET http.route=\"/proxy/{resource}/{rest}\""),
                "{log}"
            );
        } else {
            // Its output is complete once it has exited.
            let Process { mut server, start, .. } = process;
            server.child.start_kill().unwrap();
            server.wait_for_exit().await;
            assert_eq!(&server.log()[start..], "");
        }
    }
    let output =
        cwpsa().args(["serve", "--sandbox"]).env("CWPSA_LOG_LEVEL", "cwpsa=loud").output().await.unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("invalid log level \"cwpsa=loud\""));
}

#[tokio::test]
async fn trace_in_a_message_is_propagated() {
    let upstream = upstream().await;
    let settings = settings(&upstream);
    let mut child = cwpsa()
        .args(["mcp", "--config", settings.path().to_str().unwrap()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let initialize = initialize("2025-11-25");
    let call = |id: u64, parent: &str| {
        json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {
            "_meta": {"traceparent": parent, "tracestate": "a=1"}, "name": "get_single_ticket_by_id", "arguments": {"id": 7}}})
    };
    let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    for message in [initialize, ready, call(2, &parent()), call(3, "00-nonsense")] {
        input.write_all(format!("{message}\n").as_bytes()).await.unwrap();
    }
    // Requests sent before the end of the input get a response.
    drop(input);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut answers = 0;
    while lines.next_line().await.unwrap().is_some() {
        answers += 1;
    }
    assert_eq!((answers, child.wait().await.unwrap().code()), (3, Some(0)));
    let sent = upstream.received_requests().await.unwrap();
    let parents: Vec<&str> = sent.iter().map(|sent| sent.headers["traceparent"].to_str().unwrap()).collect();
    assert_eq!(
        parents.iter().filter(|parent| parent.starts_with(&format!("00-{TRACE}-"))).count(),
        1,
        "{parents:?}"
    );
    assert_eq!(sent.iter().filter(|sent| sent.headers.contains_key("tracestate")).count(), 1);
    assert!(parents.iter().all(|parent| parent.len() == 55));
}

#[tokio::test]
async fn readiness_requires_usable_accounts() {
    let upstream = upstream().await;
    let settings = settings(&upstream);
    let ask = async |token: Option<&str>, settings: &tempfile::NamedTempFile| {
        let base = format!("http://{}", serve(settings, &[]).await);
        let request = Client::new().get(format!("{base}/readyz"));
        let request = token.into_iter().fold(request, |request, token| request.bearer_auth(token));
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };
    let (status, body) = ask(Some(TOKEN), &settings).await;
    assert_eq!((status, &body["ready"], &body["accounts"]["acme"]["ok"]), (200, &json!(true), &json!(true)));
    // The accounts aren't revealed without a token.
    assert_eq!(ask(None, &settings).await, (200, json!({"ready": true, "accounts": {}})));
    // The API is checked once in a while, not on every probe.
    let base = format!("http://{}", serve(&settings, &[]).await);
    let before = upstream.received_requests().await.unwrap().len();
    for _ in 0..5 {
        Client::new().get(format!("{base}/readyz")).send().await.unwrap();
    }
    assert_eq!(upstream.received_requests().await.unwrap().len(), before + 1);

    let refusing = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(
            ResponseTemplate::new(401).set_body_json(json!({"code": "Unauthorized", "message": "no"})),
        )
        .mount(&refusing)
        .await;
    let (status, body) = ask(Some(TOKEN), &crate::support::settings(&refusing)).await;
    let account = &body["accounts"]["acme"];
    assert_eq!((status, &account["kind"]), (503, &json!("unauthorized")));
    assert!(
        account["fix"].as_str().unwrap().contains("private key")
            && !body.to_string().contains("private-key-of-acme")
    );
    let gone = crate::support::settings(&refusing);
    drop(refusing);
    let (status, body) = ask(Some(TOKEN), &gone).await;
    assert_eq!((status, &body["accounts"]["acme"]["ok"]), (503, &json!(false)), "{body}");
}

#[tokio::test]
async fn responses_are_limited_in_size() {
    let upstream = upstream().await;
    let settings = settings(&upstream);
    let ask = async |flags: &[&str], tool: &str, arguments: Value| {
        let base = format!("http://{}", serve(&settings, flags).await);
        let request =
            Client::new().post(format!("{base}/tools/{tool}/call")).bearer_auth(TOKEN).json(&arguments);
        request.send().await.unwrap().json::<Value>().await.unwrap()
    };
    let all = ask(&[], "list_all_tickets", json!({})).await;
    assert_eq!(all["result"].as_array().unwrap().len(), 30);
    let few = ask(&["--max-rows", "7"], "list_all_tickets", json!({})).await;
    assert_eq!((few["result"].as_array().unwrap().len(), &few["omitted_count"]), (7, &json!(23)));
    assert!(few["next"]["page"].is_u64(), "{few}");
    let small = ask(&["--max-bytes", "1000"], "list_all_tickets", json!({})).await;
    assert!(small["result"].to_string().len() <= 1000 && small["omitted_count"].as_u64().unwrap() > 20);
    let one = ask(&["--max-bytes", "1"], "get_single_ticket_by_id", json!({"id": 7})).await;
    assert!(one.get("result").is_none() && one["warnings"][0].as_str().unwrap().contains("8 bytes"), "{one}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn calls_that_cannot_be_audited_are_rejected() {
    let upstream = upstream().await;
    let settings = settings(&upstream);
    let process = Process::new(&settings, &["--audit", "/dev/full"], "").await;
    let call = async |tool: &str, arguments: Value| {
        let request = Client::new().post(format!("{}/tools/{tool}/call", process.base)).bearer_auth(TOKEN);
        let response = request.json(&arguments).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    };
    let note = json!({"ticketId": 7, "text": "a", "internalAnalysisFlag": true});
    let (status, text) = call("create_a_ticket_note", note.clone()).await;
    assert!(status == 500 && text.contains("audit log is not writable"), "{status} {text}");
    assert_eq!(call("get_single_ticket_by_id", json!({"id": 7})).await.0, 500, "a line has failed");
    assert!(upstream.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn abandoned_write_is_audited_and_counted() {
    let upstream = upstream().await;
    let slow = ResponseTemplate::new(201).set_delay(Duration::from_secs(60)).set_body_json(json!({"id": 1}));
    Mock::given(method("POST")).respond_with(slow).mount(&upstream).await;
    let (settings, audit) = (settings(&upstream), tempfile::NamedTempFile::new().unwrap());
    let base = format!("http://{}", serve(&settings, &["--audit", audit.path().to_str().unwrap()]).await);
    let request = Client::new().post(format!("{base}/tools/create_a_ticket_note/call")).bearer_auth(TOKEN);
    let waiting =
        tokio::spawn(request.json(&json!({"ticketId": 7, "text": "a", "internalAnalysisFlag": true})).send());
    assert_eq!(wait_for_requests(&upstream, 1).await.len(), 1);
    waiting.abort();
    assert!(waiting.await.unwrap_err().is_cancelled());
    let outcomes = wait_for("two lines in the audit log", async || {
        let text = std::fs::read_to_string(audit.path()).unwrap();
        let lines = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
        let lines = lines.map(|line| serde_json::from_str::<Value>(line).unwrap());
        let outcomes: Vec<String> = lines.map(|line| line["outcome"].as_str().unwrap().to_owned()).collect();
        (outcomes.len() > 1).then_some(outcomes)
    })
    .await;
    assert_eq!(outcomes, ["started", "canceled"]);
    let counted = Client::new().get(format!("{base}/metrics")).bearer_auth(TOKEN).send().await.unwrap();
    let counted = counted.text().await.unwrap();
    let line = "gen_ai_execute_tool_duration_seconds_count{gen_ai_tool_name=\"create_a_ticket_note\",error_type=\"canceled\",http_response_status_code=\"\"} 1";
    assert!(counted.contains(line), "{counted}");
}

#[tokio::test]
async fn rejected_calls_are_audited_with_their_token() {
    let upstream = upstream().await;
    let (settings, audit) = (settings(&upstream), tempfile::NamedTempFile::new().unwrap());
    let flags = ["--read-only", "--audit", audit.path().to_str().unwrap()];
    let base = format!("http://{}", serve(&settings, &flags).await);
    let version = "2026-07-28";
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": version,
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let mcp = |name: &str, arguments: Value| {
        let params = json!({"_meta": meta, "name": name, "arguments": arguments});
        json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": params})
    };
    let note = json!({"ticketId": 7, "text": "a", "internalAnalysisFlag": true});
    let by_name = json!({"name": "create_a_ticket_note", "arguments": note});
    for (method, at, body) in [
        ("POST", "/tools/create_a_ticket_note/call", note.clone()),
        ("DELETE", "/proxy/service_tickets/7?integrated_account_id=acme", json!({})),
        ("POST", "/mcp", mcp("call_tool", by_name)),
        ("POST", "/mcp", mcp("create_a_ticket_note", note)),
        ("GET", "/proxy/service_tickets/7?integrated_account_id=acme", json!({})),
    ] {
        let request = Client::new().request(method.parse().unwrap(), format!("{base}{at}"));
        let name = body["params"]["name"].as_str().unwrap_or_default().to_owned();
        let request = request
            .header("accept", "application/json, text/event-stream")
            .header("mcp-protocol-version", version)
            .header("mcp-method", "tools/call")
            .header("mcp-name", name)
            .bearer_auth(TOKEN);
        request.json(&body).send().await.unwrap().text().await.unwrap();
    }
    let told: Vec<String> = audit_entries(audit.path())
        .iter()
        .map(|line| {
            ["transport", "token", "tool", "outcome"]
                .map(|name| line[name].as_str().unwrap().to_owned())
                .join(" ")
        })
        .collect();
    assert_eq!(
        told,
        [
            "http d0c04f4b create_a_ticket_note not_offered",
            "http d0c04f4b delete_a_ticket_by_id not_offered",
            "mcp d0c04f4b create_a_ticket_note not_offered",
            "mcp d0c04f4b create_a_ticket_note not_offered",
            "http d0c04f4b get_single_ticket_by_id ok",
        ]
    );
    assert!(upstream.received_requests().await.unwrap().len() == 1);
}

#[tokio::test]
async fn write_without_response_is_reported_before_the_caller_times_out() {
    let upstream = upstream().await;
    let slow = ResponseTemplate::new(201).set_delay(Duration::from_secs(60)).set_body_json(json!({"id": 1}));
    Mock::given(method("POST")).respond_with(slow).mount(&upstream).await;
    let settings = settings(&upstream);
    let base = format!("http://{}", serve(&settings, &["--upstream-timeout", "1"]).await);
    let request = Client::new().post(format!("{base}/tools/create_a_ticket_note/call")).bearer_auth(TOKEN);
    let request = request
        .json(&json!({"ticketId": 7, "text": "a", "internalAnalysisFlag": true}))
        .timeout(CONDITION_TIMEOUT);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 500);
    assert_eq!(response.json::<Value>().await.unwrap()["kind"], "outcome_unknown");
    for command in ["serve", "mcp"] {
        let arguments = Cli::parse_from(["cwpsa", command]);
        let (CliCommand::Serve(ServeArgs { watch, .. }) | CliCommand::Mcp(McpArgs { watch, .. })) =
            arguments.command
        else {
            unreachable!()
        };
        assert_eq!(watch.upstream_timeout, UPSTREAM_TIMEOUT.as_secs().to_string());
    }
}

#[tokio::test]
async fn body_is_not_read_if_the_token_is_invalid() {
    let upstream = upstream().await;
    let settings = settings(&upstream);
    let address = serve(&settings, &[]).await;
    for (at, token, wanted) in [
        ("/proxy/service_tickets", "guess", "HTTP/1.1 401 "),
        ("/proxy/service_tickets/7", "guess", "HTTP/1.1 401 "),
        ("/tools/create_a_ticket/call", "guess", "HTTP/1.1 401 "),
        ("/integrated-account/acme/mcp", "guess", "HTTP/1.1 401 "),
        ("/approvals/x", "guess", "HTTP/1.1 401 "),
        ("/mcp", "guess", "HTTP/1.1 401 "),
        ("/mcp/guess", "guess", "HTTP/1.1 401 "),
        ("/webhooks/nobody", "guess", "HTTP/1.1 401 "),
        // The server requests the body.
        ("/tools/create_a_ticket/call", TOKEN, "HTTP/1.1 100 "),
    ] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "POST {at} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\nexpect: 100-continue\r\ncontent-length: 16000000\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut said = [0; 13];
        let read = tokio::time::timeout(CONDITION_TIMEOUT, stream.read_exact(&mut said)).await;
        read.expect("an answer in time").unwrap();
        assert_eq!(std::str::from_utf8(&said).unwrap(), wanted, "{at}");
    }
}
