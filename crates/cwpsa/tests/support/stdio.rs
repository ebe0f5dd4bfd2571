//! A client of the Model Context Protocol that speaks to a real process line by line.

use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// A session that was begun.
pub struct Session {
    /// The process.
    pub process: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    next: u64,
    /// What the server said by itself, and requests of its own.
    pub notifications: Vec<Value>,
    /// What the server can do.
    pub capabilities: Value,
}

impl Session {
    /// Starts `cwpsa mcp` with these flags.
    pub async fn new(flags: &[&str]) -> Self {
        Self::with_version(flags, "2025-11-25").await
    }

    /// The same in this version of the protocol, which the server must take.
    pub async fn with_version(flags: &[&str], version: &str) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_cwpsa"))
            .arg("mcp")
            .args(flags)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let input = process.stdin.take().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut session =
            Self { process, input, output, next: 0, notifications: Vec::new(), capabilities: Value::Null };
        let params = json!({"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}});
        let answer = session.ask("initialize", params).await;
        assert_eq!(answer["result"]["protocolVersion"], version, "{answer}");
        session.capabilities = answer["result"]["capabilities"].clone();
        session.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).await;
        session
    }

    /// Sends a message.
    pub async fn send(&mut self, message: &Value) {
        self.input.write_all(format!("{message}\n").as_bytes()).await.unwrap();
    }

    async fn read(&mut self) -> Value {
        let line = tokio::time::timeout(Duration::from_secs(20), self.output.next_line())
            .await
            .expect("an answer in time");
        serde_json::from_str(&line.unwrap().expect("the process is there")).unwrap()
    }

    /// The answer to a request.
    pub async fn ask(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        let id = self.next;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})).await;
        loop {
            let message = self.read().await;
            if message["id"] == id {
                return message;
            }
            self.notifications.push(message);
        }
    }

    /// The result of a tool.
    pub async fn call(&mut self, name: &str, arguments: Value) -> Value {
        self.ask("tools/call", json!({"name": name, "arguments": arguments})).await["result"].take()
    }

    /// All tools, by their pages.
    pub async fn tools(&mut self) -> Vec<Value> {
        let (mut tools, mut cursor) = (Vec::new(), json!({}));
        loop {
            let mut page = self.ask("tools/list", cursor).await["result"].take();
            let Value::Array(some) = page["tools"].take() else { panic!("{page}") };
            tools.extend(some);
            match page["nextCursor"].as_str() {
                Some(next) => cursor = json!({"cursor": next}),
                None => return tools,
            }
        }
    }

    /// Waits until the server has said this by itself.
    pub async fn hear(&mut self, method: &str) {
        while !self.notifications.iter().any(|message| message["method"] == method) {
            let message = self.read().await;
            self.notifications.push(message);
        }
        self.notifications.clear();
    }
}
