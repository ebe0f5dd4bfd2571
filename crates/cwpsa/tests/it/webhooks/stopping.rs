//! Tests callbacks during shutdown: accepted callbacks are kept, callbacks that weren't accepted are retried by the
//! sender, and a second signal doesn't wait for receivers.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use toolcrate_testing::wait::CONDITION_TIMEOUT;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::wait_for_requests;
use crate::webhooks::hooks::{Sandbox, lines, settings_of, until};
use crate::webhooks::restart::Process;
use crate::webhooks::{post, to_file};

/// The delay of a receiver that nobody waits for: much longer than a process needs to exit, even on a busy machine.
const RECEIVER: Duration = Duration::from_secs(30);

/// Waits until the process accepts no connections.
async fn takes_no_connections(process: &Process) {
    until(async || TcpStream::connect(process.address).await.is_err().then_some(())).await;
}

/// A callback of which only the first bytes have been sent.
struct Half {
    connection: TcpStream,
    rest: Vec<u8>,
}

impl Half {
    async fn send(address: SocketAddr, request: &[u8], first: usize) -> Self {
        let mut connection = TcpStream::connect(address).await.unwrap();
        connection.write_all(&request[..first]).await.unwrap();
        Self { connection, rest: request[first..].to_vec() }
    }

    /// Waits until the server requests the body.
    async fn is_read(&mut self) {
        const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
        let mut answer = [0; CONTINUE.len()];
        self.connection.read_exact(&mut answer).await.unwrap();
        assert_eq!(answer, CONTINUE);
    }

    /// Sends the rest; the response is empty if the connection was closed before.
    async fn finish(mut self) -> String {
        let mut answer = String::new();
        let _ = self.connection.write_all(&self.rest).await;
        let _ = self.connection.read_to_string(&mut answer).await;
        answer
    }
}

/// A callback as signed by the sandbox.
struct Signed {
    body: Vec<u8>,
    signature: String,
}

impl Signed {
    fn head(&self, more: &str) -> String {
        let (signature, length) = (&self.signature, self.body.len());
        format!(
            "POST /webhooks/acme?recordId=1 HTTP/1.1\r\nhost: 127.0.0.1\r\nx-content-signature: {signature}\r\ncontent-length: {length}\r\n{more}\r\n"
        )
    }

    async fn post(&self, address: SocketAddr) -> reqwest::Response {
        post(address, "acme", &self.body, Some(&self.signature)).await
    }
}

/// Returns two callbacks, for changes with these summaries.
async fn callbacks(sandbox: &Sandbox, summaries: [&str; 2]) -> [Signed; 2] {
    let catcher = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200)).mount(&catcher).await;
    sandbox.register(&format!("{}/catch?recordId=", catcher.uri())).await;
    for summary in summaries {
        sandbox.change_a_ticket(summary).await;
    }
    let signed = |request: wiremock::Request| Signed {
        signature: request.headers["x-content-signature"].to_str().unwrap().to_owned(),
        body: request.body,
    };
    let caught: Vec<Signed> = wait_for_requests(&catcher, 2).await.into_iter().map(signed).collect();
    caught.try_into().unwrap_or_else(|_| panic!("two callbacks were expected"))
}

/// Returns the responses of a server during shutdown to a callback whose head it has read, and to one whose head it
/// hasn't.
async fn answers_while_stopping(first: &mut Process, [begun, late]: &[Signed; 2]) -> [String; 2] {
    let head = begun.head("expect: 100-continue\r\n");
    let begun = [head.as_bytes(), &begun.body].concat();
    let late = [late.head("").as_bytes(), &late.body].concat();
    let mut begun = Half::send(first.address, &begun, head.len()).await;
    begun.is_read().await;
    let late = Half::send(first.address, &late, 20).await;
    first.tell(Signal::SIGINT);
    first.server.wait_for_line("shutting down").await;
    takes_no_connections(first).await;
    let late = late.finish().await;
    let begun = begun.finish().await;
    assert_eq!(first.server.wait_for_exit().await.code(), Some(0));
    [begun, late]
}

#[tokio::test]
async fn callback_during_shutdown_is_accepted_or_retried() {
    let sandbox = Sandbox::start().await;
    let callbacks = callbacks(&sandbox, ["It beeps", "It smokes"]).await;
    // A server that is shutting down closes silent connections; if the test is too slow, it starts over.
    for _ in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let (file, state) = (folder.path().join("events"), folder.path().join("state"));
        let settings = settings_of(&sandbox, &to_file(&file));
        let mut first = Process::start(settings.path(), &state).await;
        let [begun, late] = answers_while_stopping(&mut first, &callbacks).await;
        if begun.is_empty() || late.is_empty() {
            continue;
        }
        // The only kind of failure after which ConnectWise resends it.
        assert!(late.starts_with("HTTP/1.1 429 ") && late.contains("retry-after: 2\r\n"), "{late}");
        assert!(begun.starts_with("HTTP/1.1 202 "), "{begun}");
        let log = first.server.log();
        assert!(log.contains("callback rejected during shutdown"), "{log}");

        // The next server has the accepted callbacks, and accepts those that are resent.
        let second = Process::start(settings.path(), &state).await;
        let taken = callbacks[0].post(second.address).await;
        assert_eq!(taken.json::<Value>().await.unwrap()["accepted"], false, "it was accepted before");
        assert_eq!(callbacks[1].post(second.address).await.status(), 202, "it was not");
        let events = until(async || Some(lines(&file)).filter(|events| events.len() == 2)).await;
        let mut summaries: Vec<&str> =
            events.iter().map(|event| event["entity"]["summary"].as_str().unwrap()).collect();
        summaries.sort_unstable();
        assert_eq!(summaries, ["It beeps", "It smokes"]);
        return;
    }
    panic!("a server that stops closed the connections each time");
}

#[tokio::test]
async fn second_signal_does_not_wait_for_receivers() {
    let sandbox = Sandbox::start().await;
    let folder = tempfile::tempdir().unwrap();
    let begun = folder.path().join("begun");
    let line =
        json!(["sh", "-c", "touch \"$1\"; exec sleep \"$2\"", "sh", begun, RECEIVER.as_secs().to_string()]);
    let settings = settings_of(&sandbox, &format!("command = {line}"));
    let mut process = Process::start(settings.path(), &folder.path().join("state")).await;
    sandbox.register(&format!("http://{}/webhooks/acme?recordId=", process.address)).await;
    sandbox.change_a_ticket("It beeps").await;
    until(async || begun.exists().then_some(())).await;
    process.tell(Signal::SIGINT);
    process.server.wait_for_line("shutting down").await;
    takes_no_connections(&process).await;
    assert!(process.server.child.try_wait().unwrap().is_none(), "an event is being handed on");
    let told = Instant::now();
    process.tell(Signal::SIGINT);
    // Waits only for the process, because the receiver, which keeps running, has its standard error.
    let status = timeout(CONDITION_TIMEOUT, process.server.child.wait()).await.unwrap().unwrap();
    assert!(status.success() && told.elapsed() < RECEIVER / 2, "{status} {:?}", told.elapsed());
}
