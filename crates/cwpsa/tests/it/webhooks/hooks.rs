//! Test helpers: a sandbox that signs and posts callbacks, settings for a server that receives them, and functions that
//! read the resulting events.

use std::net::SocketAddr;
use std::path::Path;

use cwpsa_sandbox::command;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use toolcrate_testing::wait::wait_for;

use crate::support::TOKEN;

/// The secret for signing posted events.
pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

pub struct Sandbox {
    server: cwpsa_sandbox::server::MockServer,
    client: Client,
}

impl Sandbox {
    pub async fn start() -> Self {
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let arguments = command::SandboxArguments { listen, ..command::SandboxArguments::default() };
        let server = command::start(&arguments).await.unwrap();
        // Of several clients in one process, only the first installs it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self { server, client: Client::new() }
    }

    pub fn origin(&self) -> String {
        format!("http://{}", self.server.address())
    }

    pub fn root(&self) -> String {
        self.server.base_url()
    }

    pub fn deliveries(&self) -> Vec<Value> {
        self.server.deliveries()
    }

    async fn ask(&self, method: Method, path: &str, body: Value) -> Value {
        let request = self.client.request(method, format!("{}{path}", self.root()));
        let request = request.basic_auth("acme+public", Some("private")).header("clientid", "test");
        let response = request.json(&body).send().await.unwrap();
        assert!(response.status().is_success(), "{path}: {}", response.status());
        response.json().await.unwrap()
    }

    /// Registers `url` for all ticket changes.
    pub async fn register(&self, url: &str) {
        let callback = json!({"url": url, "type": "ticket", "level": "owner", "objectId": 1});
        self.ask(Method::POST, "/system/callbacks", callback).await;
    }

    /// Changes a ticket, and returns its ID.
    pub async fn change_a_ticket(&self, summary: &str) -> i64 {
        let tickets = self.ask(Method::GET, "/service/tickets?pageSize=1&fields=id", json!(null)).await;
        let id = tickets[0]["id"].as_i64().unwrap();
        let patch = json!([{"op": "replace", "path": "summary", "value": summary}]);
        self.ask(Method::PATCH, &format!("/service/tickets/{id}"), patch).await;
        id
    }
}

/// Creates a settings file for the sandbox, with a `webhooks` table.
pub fn settings_of(sandbox: &Sandbox, table: &str) -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    let text = format!(
        "[accounts.acme]\nbase_url = \"{}\"\ncompany_id = \"acme\"\npublic_key = \"public\"\nprivate_key = \"private\"\nclient_id = \"test\"\ntokens = [\"{TOKEN}\"]\n[accounts.acme.webhooks]\n{table}\n",
        sandbox.root()
    );
    std::fs::write(file.path(), text).unwrap();
    file
}

/// Like [`crate::support::serve`], but starting may fail.
pub async fn try_serve(settings: &NamedTempFile, flags: &[&str]) -> Result<(), String> {
    let line = ["cwpsa", "serve", "--listen", "127.0.0.1:0", "--config", settings.path().to_str().unwrap()];
    let line: Vec<&str> = line.iter().chain(flags).copied().collect();
    crate::support::listen(&line).await.map(drop).map_err(|failure| format!("{failure:?}"))
}

/// Returns the lines of JSON in a file; none if it doesn't exist. An incomplete last line doesn't count.
pub fn lines(file: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// Waits until there is a value.
pub async fn until<T>(look: impl AsyncFnMut() -> Option<T>) -> T {
    wait_for("what is expected", look).await
}

/// Waits until a server with the token of `acme` has no undelivered events left.
pub async fn until_handed_on(server: SocketAddr) {
    let url = format!("http://{server}/webhooks/acme");
    until(async || {
        let response = Client::new().get(&url).bearer_auth(TOKEN).send().await.unwrap();
        let queues: Value = response.json().await.unwrap();
        let mut queues = queues.as_object().unwrap().values();
        queues.all(|queue| queue["waiting"] == 0).then_some(())
    })
    .await;
}
