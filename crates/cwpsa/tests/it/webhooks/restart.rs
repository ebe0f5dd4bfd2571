//! Checks that accepted events are delivered even if the process is killed before it delivers them.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use serde_json::{Value, json};
use toolcrate_testing::ports::free_port;
use toolcrate_testing::process::ServerProcess;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::cwpsa;
use crate::webhooks::hooks::{SECRET, Sandbox, settings_of, until, until_handed_on};
use crate::webhooks::{client, post};

/// The server, with its own store.
pub struct Process {
    pub server: ServerProcess,
    pub address: SocketAddr,
}

impl Process {
    pub async fn start(settings: &Path, state: &Path) -> Self {
        let mut command = cwpsa();
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--config"])
            .arg(settings)
            .arg("--state")
            .arg(state);
        let server = ServerProcess::start(command);
        let url = server.wait_for_url("callbacks for acme at ").await;
        let address = url.trim_start_matches("http://").split('/').next().unwrap().parse().unwrap();
        Self { server, address }
    }

    /// Sends the process a signal.
    #[cfg(unix)]
    pub fn tell(&self, signal: nix::sys::signal::Signal) {
        let id = nix::unistd::Pid::from_raw(self.server.child.id().unwrap().cast_signed());
        nix::sys::signal::kill(id, signal).unwrap();
    }

    /// `kill -9`.
    pub async fn kill(mut self) {
        self.server.child.kill().await.unwrap();
    }
}

#[tokio::test]
async fn event_in_delivery_survives_a_kill() {
    let sandbox = Sandbox::start().await;
    // It accepts connections but never responds.
    let silent = TcpListener::bind(("127.0.0.1", free_port())).unwrap();
    let receiver = silent.local_addr().unwrap();
    let table = format!(
        "post = \"http://{receiver}/events\"\nsecret = \"{SECRET}\"\ntimeout_seconds = 1\nretry_seconds = 1"
    );
    let settings = settings_of(&sandbox, &table);
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");

    let first = Process::start(settings.path(), &state).await;
    // One callback goes to the server, another one to the test, which replays it later.
    let catcher = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200)).mount(&catcher).await;
    sandbox.register(&format!("http://{}/webhooks/acme?recordId=", first.address)).await;
    sandbox.register(&format!("{}/catch?recordId=", catcher.uri())).await;
    let id = sandbox.change_a_ticket("It beeps").await;
    let (_connection, silent) =
        tokio::task::spawn_blocking(move || (silent.accept().unwrap(), silent)).await.unwrap();
    let caught = until(async || catcher.received_requests().await.unwrap().pop()).await;
    let signature = caught.headers["x-content-signature"].to_str().unwrap().to_owned();
    let taken = post(first.address, "acme", &caught.body, Some(&signature)).await;
    assert_eq!(taken.status(), 202);
    let told = until(async || Some(sandbox.deliveries()).filter(|told| told.len() == 2)).await;
    assert!(told.iter().all(|delivery| delivery["delivered"] == true), "{told:?}");
    first.kill().await;
    drop((_connection, silent));

    let answers = MockServer::builder().listener(TcpListener::bind(receiver).unwrap()).start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200)).mount(&answers).await;
    let second = Process::start(settings.path(), &state).await;
    let posted = until(async || {
        let posted = answers.received_requests().await.unwrap();
        (posted.len() == 2).then_some(posted)
    })
    .await;
    for request in &posted {
        let event: Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!((&event["record_id"], &event["entity"]["summary"]), (&json!(id), &json!("It beeps")));
    }

    // Callbacks accepted before the restart are still known afterwards.
    let replay = post(second.address, "acme", &caught.body, Some(&signature)).await;
    assert_eq!(replay.json::<Value>().await.unwrap()["accepted"], false);
    until_handed_on(second.address).await;
    assert_eq!(answers.received_requests().await.unwrap().len(), 2);
    let health = client().get(format!("http://{}/healthz", second.address)).send().await.unwrap();
    assert_eq!(health.status(), 200);
}

#[cfg(unix)]
#[tokio::test]
async fn delivery_in_progress_is_finished_at_shutdown() {
    let sandbox = Sandbox::start().await;
    let folder = tempfile::tempdir().unwrap();
    let [begun, finish, ended] = ["begun", "finish", "ended"].map(|name| folder.path().join(name));
    let script = "touch \"$1\"; until test -e \"$2\"; do sleep 0.05; done; touch \"$3\"";
    let line = json!(["sh", "-c", script, "sh", begun, finish, ended]);
    let settings = settings_of(&sandbox, &format!("command = {line}"));
    let mut process = Process::start(settings.path(), &folder.path().join("state")).await;
    sandbox.register(&format!("http://{}/webhooks/acme?recordId=", process.address)).await;
    sandbox.change_a_ticket("It beeps").await;
    until(async || begun.exists().then_some(())).await;
    process.tell(nix::sys::signal::Signal::SIGINT);
    process.server.wait_for_line("shutting down").await;
    assert!(!ended.exists());
    std::fs::write(finish, "").unwrap();
    let status = process.server.wait_for_exit().await;
    assert!(status.success() && ended.exists(), "{status}");
}
