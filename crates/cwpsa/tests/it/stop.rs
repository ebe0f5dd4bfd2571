//! Stops a real process while a call waits for the API: the in-flight call must get its response, later calls must be
//! rejected, and the process must exit with 0.

use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::ChildStdin;
use toolcrate_testing::process::ServerProcess;

use crate::support::gated_api::GatedApi;
use crate::support::{TOKEN, cwpsa, initialize, origin, settings_for};

/// A process that doesn't wait for in-flight calls exits within this time, even on a busy machine; in-flight calls get
/// more time.
const AT_ONCE: Duration = Duration::from_secs(20);

struct Process {
    server: ServerProcess,
    upstream: GatedApi,
    _settings: tempfile::NamedTempFile,
}

impl Process {
    async fn new(command: &str, flags: &[&str]) -> Self {
        // Of several clients in one process, only the first installs it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let upstream = GatedApi::start().await;
        let settings = settings_for(&upstream.uri());
        let mut program = cwpsa();
        program.args([command, "--config", settings.path().to_str().unwrap()]).args(flags);
        program.stdin(Stdio::piped()).stdout(Stdio::piped());
        Self { server: ServerProcess::start(program), upstream, _settings: settings }
    }

    /// Returns the address on which it reports to listen.
    async fn base(&self) -> String {
        origin(&self.server).await
    }

    /// Waits until it has noticed a signal.
    async fn is_stopping(&self) {
        self.server.wait_for_line("shutting down").await;
    }

    fn tell(&self, signal: Signal) {
        kill(Pid::from_raw(self.server.child.id().unwrap().cast_signed()), signal).unwrap();
    }

    async fn end(mut self) -> ExitStatus {
        self.server.wait_for_exit().await
    }
}

fn call() -> Value {
    json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "get_single_ticket_by_id", "arguments": {"id": 7}}})
}

#[tokio::test]
async fn http_finishes_calls_in_flight_and_rejects_new_ones() {
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let process = Process::new("serve", &["--listen", "127.0.0.1:0"]).await;
        let base = process.base().await;
        let client = reqwest::Client::new();
        let request = client.get(format!("{base}/proxy/service_tickets/7")).bearer_auth(TOKEN);
        let answer = tokio::spawn(request.send());
        process.upstream.wait_for_request().await;
        process.tell(signal);
        process.is_stopping().await;
        let late = reqwest::Client::new().get(format!("{base}/healthz")).send().await;
        assert!(late.is_err() || late.unwrap().status() == 503, "nothing new is taken");
        process.upstream.release();
        let answer = answer.await.unwrap().expect("the call in flight is answered");
        assert_eq!(answer.json::<Value>().await.unwrap()["id"], 7);
        assert_eq!(process.end().await.code(), Some(0), "{signal}");
    }
}

#[tokio::test]
async fn call_that_exceeds_the_grace_period_is_abandoned() {
    let process = Process::new("serve", &["--listen", "127.0.0.1:0", "--grace", "0"]).await;
    let base = process.base().await;
    let request = reqwest::Client::new().get(format!("{base}/proxy/service_tickets/7")).bearer_auth(TOKEN);
    let answer = tokio::spawn(request.send());
    process.upstream.wait_for_request().await;
    let told = Instant::now();
    process.tell(Signal::SIGTERM);
    assert_eq!(process.end().await.code(), Some(0));
    assert!(told.elapsed() < AT_ONCE, "{:?}", told.elapsed());
    assert!(answer.await.unwrap().is_err());
}

#[tokio::test]
async fn mcp_over_http_finishes_calls_in_flight_despite_an_open_stream() {
    let process = Process::new("mcp", &["--listen", "127.0.0.1:0"]).await;
    let base = process.base().await;
    let client = reqwest::Client::new();
    let post = |body: Value, session: Option<&str>| {
        let request =
            client.post(format!("{base}/mcp")).header("accept", "application/json, text/event-stream");
        let request = request.bearer_auth(TOKEN);
        let request = session.into_iter().fold(request, |request, id| request.header("mcp-session-id", id));
        request.json(&body).send()
    };
    let started = post(initialize("2025-06-18"), None).await.unwrap();
    let session = started.headers()["mcp-session-id"].to_str().unwrap().to_owned();
    post(json!({"jsonrpc": "2.0", "method": "notifications/initialized"}), Some(&session)).await.unwrap();
    let stream = client
        .get(format!("{base}/mcp"))
        .bearer_auth(TOKEN)
        .header("accept", "text/event-stream")
        .header("mcp-session-id", &session)
        .send()
        .await
        .unwrap();
    assert_eq!(stream.status(), 200);
    let answer = tokio::spawn({
        let answer = post(call(), Some(&session));
        async move { answer.await.unwrap().text().await.unwrap() }
    });
    process.upstream.wait_for_request().await;
    process.tell(Signal::SIGTERM);
    process.is_stopping().await;
    process.upstream.release();
    let text = answer.await.unwrap();
    assert!(text.contains(r#""structuredContent":{"result":{"id":7}}"#), "{text}");
    assert_eq!(process.end().await.code(), Some(0));
    drop(stream);
}

#[tokio::test]
async fn mcp_over_stdio_finishes_calls_in_flight_and_rejects_new_ones() {
    let mut process = Process::new("mcp", &[]).await;
    let mut input = process.server.child.stdin.take().unwrap();
    let mut output = BufReader::new(process.server.child.stdout.take().unwrap()).lines();
    let mut late = call();
    late["id"] = json!(3);
    for message in
        [initialize("2025-06-18"), json!({"jsonrpc": "2.0", "method": "notifications/initialized"}), call()]
    {
        input.write_all(format!("{message}\n").as_bytes()).await.unwrap();
    }
    process.upstream.wait_for_request().await;
    process.tell(Signal::SIGTERM);
    process.is_stopping().await;
    input.write_all(format!("{late}\n").as_bytes()).await.unwrap();
    let mut answers = Vec::new();
    while let Some(line) = output.next_line().await.unwrap() {
        answers.push(serde_json::from_str::<Value>(&line).unwrap());
        if answers.last().unwrap()["id"] == 3 {
            process.upstream.release();
        }
    }
    let of =
        |id: u64| answers.iter().find(|answer| answer["id"] == id).unwrap_or_else(|| panic!("{answers:?}"));
    assert_eq!(of(2)["result"]["structuredContent"], json!({"result": {"id": 7}}));
    assert_eq!(of(3)["result"]["structuredContent"]["error"]["kind"], "stopping");
    assert_eq!(process.upstream.request_count(), 1);
    assert_eq!(process.end().await.code(), Some(0));
}

/// Writes messages to a process that speaks MCP on stdin, and returns its first response.
async fn speak(process: &mut Process, messages: &[Value]) -> (ChildStdin, String) {
    let mut input = process.server.child.stdin.take().unwrap();
    for message in messages {
        input.write_all(format!("{message}\n").as_bytes()).await.unwrap();
    }
    let mut output = BufReader::new(process.server.child.stdout.take().unwrap()).lines();
    let answer = output.next_line().await.unwrap().unwrap();
    tokio::spawn(async move { while let Ok(Some(_)) = output.next_line().await {} });
    (input, answer)
}

#[tokio::test]
async fn idle_server_exits_at_once_with_0() {
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        for (command, flags) in
            [("mcp", &[][..]), ("mcp", &["--listen", "127.0.0.1:0"]), ("serve", &["--listen", "127.0.0.1:0"])]
        {
            let mut process = Process::new(command, flags).await;
            // Its stdin stays open, as with real clients.
            let _input = match flags.is_empty() {
                true => Some(speak(&mut process, &[initialize("2025-06-18")]).await.0),
                false => {
                    process.base().await;
                    None
                }
            };
            let told = Instant::now();
            process.tell(signal);
            assert_eq!(process.end().await.code(), Some(0), "{command} {flags:?} {signal}");
            assert!(told.elapsed() < AT_ONCE, "{command} {flags:?} {signal}");
        }
    }
}

#[tokio::test]
async fn second_signal_does_not_wait_for_calls() {
    for (first, second) in [(Signal::SIGINT, Signal::SIGINT), (Signal::SIGTERM, Signal::SIGINT)] {
        for (command, flags) in [("mcp", &[][..]), ("serve", &["--listen", "127.0.0.1:0"])] {
            let mut process = Process::new(command, flags).await;
            let _input = if flags.is_empty() {
                let initialized = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
                Some(speak(&mut process, &[initialize("2025-06-18"), initialized, call()]).await.0)
            } else {
                let url = format!("{}/proxy/service_tickets/7", process.base().await);
                tokio::spawn(reqwest::Client::new().get(url).bearer_auth(TOKEN).send());
                None
            };
            process.upstream.wait_for_request().await;
            process.tell(first);
            process.is_stopping().await;
            assert!(process.server.child.try_wait().unwrap().is_none(), "a call is in flight");
            let told = Instant::now();
            process.tell(second);
            assert_eq!(process.end().await.code(), Some(0), "{command}");
            assert!(told.elapsed() < AT_ONCE, "{command}: {:?}", told.elapsed());
        }
    }
}
