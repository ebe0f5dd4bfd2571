//! Starts replicas of the real server for one account, each in its own process.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use toolcrate_testing::process::ServerProcess;
use wiremock::MockServer;

use super::{TOKEN, audit_entries, cwpsa, origin, settings};

/// The approver's token.
pub const APPROVER: &str = "open-sesame";

/// A server.
pub struct Copy {
    pub base: String,
    pub client: Client,
    process: ServerProcess,
}

/// Servers with the same settings and key. Anything else may differ.
pub struct Copies {
    pub all: Vec<Copy>,
    pub upstream: MockServer,
    pub audit: tempfile::NamedTempFile,
    _settings: tempfile::NamedTempFile,
}

impl Copies {
    /// Starts this many servers with these flags; `approver` determines whether someone may approve calls.
    pub async fn start(count: usize, flags: &[&str], approver: bool) -> Self {
        Self::start_with_state(count, None, flags, approver).await
    }

    /// Starts the servers with the store at this URL, which may contain a password.
    pub async fn start_with_state(count: usize, state: Option<&str>, flags: &[&str], approver: bool) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let upstream = MockServer::start().await;
        let (settings, audit) = (settings(&upstream), tempfile::NamedTempFile::new().unwrap());
        let mut all = Vec::new();
        for _ in 0..count {
            all.push(Copy::start(settings.path(), audit.path(), state, flags, approver).await);
        }
        Self { all, upstream, audit, _settings: settings }
    }

    /// Returns the number of requests that reached the API.
    pub async fn sent(&self) -> usize {
        self.upstream.received_requests().await.unwrap().len()
    }

    /// Returns the outcome and the approver of each call in the audit log.
    pub fn audited(&self) -> Vec<(String, Value)> {
        audit_entries(self.audit.path())
            .iter()
            .map(|line| (line["outcome"].as_str().unwrap().to_owned(), line["approved_by"].clone()))
            .collect()
    }
}

impl Copy {
    /// Starts a server with these settings and flags that writes this audit log.
    pub async fn start(
        settings: &Path,
        audit: &Path,
        state: Option<&str>,
        flags: &[&str],
        approver: bool,
    ) -> Self {
        let mut command = cwpsa();
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--config", settings.to_str().unwrap()])
            .args(["--audit", audit.to_str().unwrap()])
            .args(flags)
            .env("CWPSA_SECRET", "a key that all copies share");
        command.envs(state.map(|address| ("CWPSA_STATE", address)));
        if approver {
            command.env("CWPSA_APPROVER_TOKEN", APPROVER);
        }
        let process = ServerProcess::start(command);
        Self { base: origin(&process).await, client: Client::new(), process }
    }

    /// Kills the process immediately.
    pub async fn kill(&mut self) {
        self.process.child.kill().await.unwrap();
    }

    /// Returns a plain tool call by the agent.
    pub fn call(&self, tool: &str, arguments: &Value) -> RequestBuilder {
        self.client.post(format!("{}/tools/{tool}/call", self.base)).bearer_auth(TOKEN).json(arguments)
    }

    /// Returns an approver's request that lists calls or decides on one.
    pub fn approvals(&self, id: &str, decision: Option<Value>) -> RequestBuilder {
        match decision {
            None => self.client.get(format!("{}/approvals", self.base)).bearer_auth(APPROVER),
            Some(decision) => self
                .client
                .post(format!("{}/approvals/{id}", self.base))
                .bearer_auth(APPROVER)
                .json(&decision),
        }
    }

    /// Sends a message as a client of protocol version 2026-07-28, which has no sessions.
    pub async fn message(&self, method: &str, params: Value) -> Value {
        last(&self.stateless(method, params).send().await.unwrap().text().await.unwrap())
    }

    /// Returns the request for such a message.
    pub fn stateless(&self, method: &str, mut params: Value) -> RequestBuilder {
        let name = params["name"].as_str().map(str::to_owned);
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": {"elicitation": {"form": {}}},
        });
        let mut request = self.post(method, params, "2026-07-28").header("mcp-method", method);
        if let Some(name) = name {
            request = request.header("mcp-name", name);
        }
        request
    }

    /// Returns a message as an HTTP request.
    pub fn post(&self, method: &str, params: Value, version: &str) -> RequestBuilder {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let mut message = json!({"jsonrpc": "2.0", "method": method, "params": params});
        if !method.starts_with("notifications/") {
            message["id"] = json!(NEXT.fetch_add(1, Ordering::Relaxed));
        }
        self.client
            .post(format!("{}/mcp", self.base))
            .bearer_auth(TOKEN)
            .header("accept", "application/json, text/event-stream")
            .header("mcp-protocol-version", version)
            .json(&message)
    }

    /// Starts a session and returns its ID.
    pub async fn begin(&self, path: &str, capabilities: Value) -> String {
        let params = json!({"protocolVersion": "2025-11-25", "capabilities": capabilities,
            "clientInfo": {"name": "test", "version": "1"}});
        let message = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params});
        let request = self.client.post(format!("{}{path}", self.base)).bearer_auth(TOKEN);
        let request = request.header("accept", "application/json, text/event-stream").json(&message);
        let response = request.send().await.unwrap();
        let session = response.headers()["mcp-session-id"].to_str().unwrap().to_owned();
        assert_eq!(last(&response.text().await.unwrap())["result"]["protocolVersion"], "2025-11-25");
        self.in_session(path, &session, &json!({"jsonrpc": "2.0", "method": "notifications/initialized"}))
            .await;
        session
    }

    /// Sends a message in a session and returns the response.
    pub async fn in_session(&self, path: &str, session: &str, message: &Value) -> Value {
        let request = self.client.post(format!("{}{path}", self.base)).bearer_auth(TOKEN);
        let request = request
            .header("accept", "application/json, text/event-stream")
            .header("mcp-protocol-version", "2025-11-25")
            .header("mcp-session-id", session)
            .json(message);
        last(&request.send().await.unwrap().text().await.unwrap())
    }
}

/// Returns the last message in a body, which is JSON or an event stream.
pub fn last(body: &str) -> Value {
    let events = body.lines().filter_map(|line| line.strip_prefix("data:"));
    let text = events.map(str::trim).rfind(|text| !text.is_empty()).unwrap_or(body);
    serde_json::from_str(text).unwrap_or(Value::Null)
}
