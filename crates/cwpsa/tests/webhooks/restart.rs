//! What was taken is handed on, even if the process is killed before it was.

use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::hooks::{SECRET, Sandbox, settings_of, until};
use crate::{client, post};

/// The server, with a store of its own.
pub struct Process {
    pub child: Child,
    pub address: std::net::SocketAddr,
    /// What it told its log since it listens.
    pub log: Arc<Mutex<String>>,
}

impl Process {
    pub async fn start(settings: &Path, state: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_cwpsa"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .arg("--config")
            .arg(settings)
            .arg("--state")
            .arg(state)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = loop {
            let line = lines.next_line().await.unwrap().expect("it starts");
            let at = line.strip_prefix("callbacks of acme at http://").and_then(|line| line.split_once('/'));
            if let Some((address, _)) = at {
                break address.parse().unwrap();
            }
        };
        let log = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&log);
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                *kept.lock().unwrap() += &(line + "\n");
            }
        });
        Self { child, address, log }
    }

    /// `kill -9`.
    async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }
}

#[tokio::test]
async fn an_event_that_was_being_handed_on_when_the_process_was_killed_comes_all_the_same() {
    let sandbox = Sandbox::start().await;
    // It takes connections and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let receiver = silent.local_addr().unwrap();
    let table = format!(
        "post = \"http://{receiver}/events\"\nsecret = \"{SECRET}\"\ntimeout_seconds = 1\nretry_seconds = 1"
    );
    let settings = settings_of(&sandbox, &table);
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");

    let first = Process::start(settings.path(), &state).await;
    // One callback goes to the server, another one to the test, which plays it again later.
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

    // What was taken before the restart is known after it.
    let replay = post(second.address, "acme", &caught.body, Some(&signature)).await;
    assert_eq!(replay.json::<Value>().await.unwrap()["taken"], false);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(answers.received_requests().await.unwrap().len(), 2);
    let health = client().get(format!("http://{}/healthz", second.address)).send().await.unwrap();
    assert_eq!(health.status(), 200);
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_in_hand_when_the_process_is_told_to_stop_is_finished() {
    let sandbox = Sandbox::start().await;
    let folder = tempfile::tempdir().unwrap();
    let (begun, ended) = (folder.path().join("begun"), folder.path().join("ended"));
    let line = json!(["sh", "-c", "touch \"$1\"; sleep 1; touch \"$2\"", "sh", begun, ended]);
    let settings = settings_of(&sandbox, &format!("command = {line}"));
    let mut process = Process::start(settings.path(), &folder.path().join("state")).await;
    sandbox.register(&format!("http://{}/webhooks/acme?recordId=", process.address)).await;
    sandbox.change_a_ticket("It beeps").await;
    until(async || begun.exists().then_some(())).await;
    assert!(!ended.exists());
    let pid = process.child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().await.unwrap().success());
    let status = tokio::time::timeout(Duration::from_secs(20), process.child.wait()).await.unwrap().unwrap();
    assert!(status.success() && ended.exists(), "{status}");
}
