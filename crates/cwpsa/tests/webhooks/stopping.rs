//! Callbacks and a server that is told to stop: what it took is kept, what it did not take comes again, and told twice
//! it waits for no receiver.

use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::hooks::{Sandbox, lines, settings_of, until};
use crate::restart::Process;
use crate::{post, to_file};

fn tell(process: &Process) {
    kill(Pid::from_raw(process.child.id().unwrap().cast_signed()), Signal::SIGINT).unwrap();
}

/// Waits until the process takes no connections.
async fn door_is_closed(process: &Process) {
    until(async || TcpStream::connect(process.address).await.is_err().then_some(())).await;
}

/// A callback of which only the first bytes are sent.
struct Half {
    connection: TcpStream,
    rest: Vec<u8>,
}

impl Half {
    async fn send(process: &Process, request: &[u8], first: usize) -> Self {
        let mut connection = TcpStream::connect(process.address).await.unwrap();
        connection.write_all(&request[..first]).await.unwrap();
        Self { connection, rest: request[first..].to_vec() }
    }

    /// Sends the rest, and gives the answer.
    async fn finish(mut self) -> String {
        self.connection.write_all(&self.rest).await.unwrap();
        let mut answer = String::new();
        self.connection.read_to_string(&mut answer).await.unwrap();
        answer
    }
}

#[tokio::test]
async fn a_callback_that_comes_while_the_server_stops_is_taken_or_comes_again() {
    let sandbox = Sandbox::start().await;
    let catcher = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200)).mount(&catcher).await;
    sandbox.register(&format!("{}/catch?recordId=", catcher.uri())).await;
    for summary in ["It beeps", "It smokes"] {
        sandbox.change_a_ticket(summary).await;
    }
    let caught =
        until(async || Some(catcher.received_requests().await.unwrap()).filter(|caught| caught.len() == 2))
            .await;
    let folder = tempfile::tempdir().unwrap();
    let (file, state) = (folder.path().join("events"), folder.path().join("state"));
    let settings = settings_of(&sandbox, &to_file(&file));
    let mut first = Process::start(settings.path(), &state).await;
    let signature =
        |number: usize| caught[number].headers["x-content-signature"].to_str().unwrap().to_owned();
    let request = |number: usize| {
        let (body, address) = (&caught[number].body, first.address);
        let head = format!(
            "POST /webhooks/acme?recordId=1 HTTP/1.1\r\nhost: {address}\r\nx-content-signature: {}\r\ncontent-length: {}\r\n\r\n",
            signature(number),
            body.len()
        );
        ([head.as_bytes(), body].concat(), head.len())
    };
    // The one has begun: its head is there. The other has not.
    let ((one, head), (other, _)) = (request(0), request(1));
    let begun = Half::send(&first, &one, head + 10).await;
    let late = Half::send(&first, &other, 20).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    tell(&first);
    door_is_closed(&first).await;

    let answer = late.finish().await;
    // The only kind of failure after which ConnectWise sends it again.
    assert!(answer.starts_with("HTTP/1.1 429 ") && answer.contains("retry-after: 2\r\n"), "{answer}");
    let answer = begun.finish().await;
    assert!(answer.starts_with("HTTP/1.1 202 "), "{answer}");
    let status = tokio::time::timeout(Duration::from_secs(20), first.child.wait()).await.unwrap().unwrap();
    assert_eq!(status.code(), Some(0));
    until(async || {
        first.log.lock().unwrap().contains("a callback was refused, as the server is stopping").then_some(())
    })
    .await;

    // The next server has what was taken, and takes what comes again.
    let second = Process::start(settings.path(), &state).await;
    let taken = post(second.address, "acme", &caught[0].body, Some(&signature(0))).await;
    assert_eq!(taken.json::<serde_json::Value>().await.unwrap()["taken"], false, "it was taken before");
    let taken = post(second.address, "acme", &caught[1].body, Some(&signature(1))).await;
    assert_eq!(taken.status(), 202, "it was not");
    let events = until(async || Some(lines(&file)).filter(|events| events.len() == 2)).await;
    let mut summaries: Vec<&str> =
        events.iter().map(|event| event["entity"]["summary"].as_str().unwrap()).collect();
    summaries.sort_unstable();
    assert_eq!(summaries, ["It beeps", "It smokes"]);
}

#[tokio::test]
async fn who_is_told_twice_waits_for_no_receiver() {
    let sandbox = Sandbox::start().await;
    let folder = tempfile::tempdir().unwrap();
    let begun = folder.path().join("begun");
    let line = json!(["sh", "-c", "touch \"$1\"; exec sleep 9", "sh", begun]);
    let settings = settings_of(&sandbox, &format!("command = {line}"));
    let mut process = Process::start(settings.path(), &folder.path().join("state")).await;
    sandbox.register(&format!("http://{}/webhooks/acme?recordId=", process.address)).await;
    sandbox.change_a_ticket("It beeps").await;
    until(async || begun.exists().then_some(())).await;
    tell(&process);
    door_is_closed(&process).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(process.child.try_wait().unwrap().is_none(), "an event is being handed on");
    let told = Instant::now();
    tell(&process);
    let status = tokio::time::timeout(Duration::from_secs(20), process.child.wait()).await.unwrap().unwrap();
    assert!(status.success() && told.elapsed() < Duration::from_secs(5), "{status} {:?}", told.elapsed());
}
