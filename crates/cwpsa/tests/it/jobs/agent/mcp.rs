//! Speaks the Model Context Protocol without a library, over streamable HTTP or a process's stdin and stdout.
//!
//! The scripted model finds each tool with `search_tools`, reads its schema with `describe_tools`, and runs it with
//! `read_tool` or `call_tool`.

use std::collections::BTreeMap;

use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use toolcrate_testing::stdio::JsonRpcProcess;

use super::{Answer, Refused};
use crate::jobs::tenant::Account;

/// A session.
pub struct Mcp {
    transport: Transport,
    next: u64,
    /// The input schemas of tools that have been described.
    described: BTreeMap<String, Value>,
    searches: bool,
}

#[expect(clippy::large_enum_variant, reason = "there are few")]
enum Transport {
    Http { client: Client, account: Account, session: Option<String> },
    Stdio(JsonRpcProcess),
}

const VERSION: &str = "2025-11-25";

impl Mcp {
    /// Starts a session over streamable HTTP.
    pub async fn http(account: &Account) -> Self {
        Self::begun(Transport::Http { client: Client::new(), account: account.clone(), session: None }).await
    }

    /// Starts a session with a process over its stdin and stdout.
    pub async fn stdio(process: JsonRpcProcess) -> Self {
        Self::begun(Transport::Stdio(process)).await
    }

    /// Returns a session for a model that already knows the names of its tools.
    pub fn without_search(self) -> Self {
        Self { searches: false, ..self }
    }

    async fn begun(transport: Transport) -> Self {
        let mut session = Self { transport, next: 0, described: BTreeMap::new(), searches: true };
        let params = json!({"protocolVersion": VERSION, "capabilities": {}, "clientInfo": {"name": "jobs", "version": "1"}});
        let answer = session.ask("initialize", params).await;
        assert_eq!(answer["protocolVersion"], VERSION, "{answer}");
        session.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).await;
        session
    }

    pub async fn call(&mut self, want: &str, tool: &str, arguments: &Value) -> Result<Answer, Refused> {
        if self.searches && !self.described.contains_key(tool) {
            self.find(want, tool).await;
        }
        if let Some(schema) = self.described.get(tool) {
            for name in arguments.as_object().expect("arguments").keys() {
                assert!(schema["properties"].get(name).is_some(), "{tool} has no {name}");
            }
        }
        let is_read =
            connectwise_psa::CATALOG.get(tool).is_some_and(|tool| tool.annotations().read_only_hint);
        let meta_tool = if is_read { "read_tool" } else { "call_tool" };
        let mut result = self.run(meta_tool, json!({"name": tool, "arguments": arguments})).await;
        let mut value = result["structuredContent"].take();
        if result["isError"] == true {
            let error = &value["error"];
            return Err(match error["rate_limit"]["reset"].as_u64() {
                Some(reset) if error["kind"] == "rate_limited" => Refused::Limited(reset),
                _ => Refused::Other(error.to_string()),
            });
        }
        Ok(Answer { next: value.get("next").cloned(), result: value["result"].take() })
    }

    /// Finds a tool by its purpose, and reads its schema.
    async fn find(&mut self, want: &str, tool: &str) {
        let found = self.run("search_tools", json!({"query": want, "limit": 5})).await;
        let tools = found["structuredContent"]["tools"].as_array().expect("tools");
        let names: Vec<&str> = tools.iter().filter_map(|tool| tool["name"].as_str()).collect();
        assert!(names.contains(&tool), "\"{want}\" finds {names:?} and not {tool}");
        let described = self.run("describe_tools", json!({"names": [tool]})).await;
        let schema = described["structuredContent"]["tools"][0]["input_schema"].clone();
        self.described.insert(tool.to_owned(), schema);
    }

    async fn run(&mut self, name: &str, arguments: Value) -> Value {
        self.ask("tools/call", json!({"name": name, "arguments": arguments})).await
    }

    async fn ask(&mut self, method: &str, params: Value) -> Value {
        let mut answer = if let Transport::Stdio(process) = &mut self.transport {
            process.request(method, params).await
        } else {
            self.next += 1;
            let id = self.next;
            let message = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
            let mut messages = self.send(&message).await.into_iter();
            messages.find(|message| message["id"] == id).expect("the request was answered without its answer")
        };
        assert!(answer["error"].is_null(), "{method}: {answer}");
        answer["result"].take()
    }

    /// Sends a message. Over HTTP, returns the messages in the response.
    async fn send(&mut self, message: &Value) -> Vec<Value> {
        match &mut self.transport {
            Transport::Stdio(process) => {
                process.send(message).await;
                Vec::new()
            }
            Transport::Http { client, account, session } => {
                let mut request: RequestBuilder = client
                    .post(format!("{}/mcp", account.server))
                    .bearer_auth(&account.token)
                    .header("x-integrated-account-id", &account.name)
                    .header("accept", "application/json, text/event-stream")
                    .header("mcp-protocol-version", VERSION);
                if let Some(session) = session {
                    request = request.header("mcp-session-id", session.as_str());
                }
                let response = request.json(message).send().await.unwrap();
                let status = response.status();
                if let Some(id) = response.headers().get("mcp-session-id") {
                    *session = Some(id.to_str().unwrap().to_owned());
                }
                let text = response.text().await.unwrap();
                assert!(status.is_success(), "{status} {text}");
                // A single JSON response, or events with one message each.
                let parts = text.lines().map(|line| line.strip_prefix("data:").unwrap_or(line));
                parts.filter_map(|part| serde_json::from_str(part).ok()).collect()
            }
        }
    }
}
