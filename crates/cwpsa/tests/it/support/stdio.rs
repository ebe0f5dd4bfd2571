//! A Model Context Protocol session with a real process, in which tests exchange individual messages.

use std::ops::{Deref, DerefMut};

use serde_json::{Value, json};
use toolcrate_testing::stdio::JsonRpcProcess;

use super::cwpsa;

/// An initialized session.
pub struct Session {
    process: JsonRpcProcess,
    /// The server's capabilities.
    pub capabilities: Value,
}

impl Deref for Session {
    type Target = JsonRpcProcess;

    fn deref(&self) -> &JsonRpcProcess {
        &self.process
    }
}

impl DerefMut for Session {
    fn deref_mut(&mut self) -> &mut JsonRpcProcess {
        &mut self.process
    }
}

impl Session {
    /// Starts `cwpsa mcp` with these flags.
    pub async fn new(flags: &[&str]) -> Self {
        Self::with_version(flags, "2025-11-25").await
    }

    /// Starts a session with this protocol version, which the server must accept.
    pub async fn with_version(flags: &[&str], version: &str) -> Self {
        Self::start(flags, version, json!({})).await
    }

    /// Starts a session for a client with these capabilities.
    pub async fn with_capabilities(flags: &[&str], capabilities: Value) -> Self {
        Self::start(flags, "2025-11-25", capabilities).await
    }

    async fn start(flags: &[&str], version: &str, capabilities: Value) -> Self {
        let mut command = cwpsa();
        command.arg("mcp").args(flags);
        let mut process = JsonRpcProcess::start(command);
        let client = json!({"name": "test", "version": "1"});
        let params = json!({"protocolVersion": version, "capabilities": capabilities, "clientInfo": client});
        let answer = process.request("initialize", params).await;
        assert_eq!(answer["result"]["protocolVersion"], version, "{answer}");
        process.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).await;
        Self { process, capabilities: answer["result"]["capabilities"].clone() }
    }

    /// Returns the result of a tool call.
    pub async fn call(&mut self, name: &str, arguments: Value) -> Value {
        self.request("tools/call", json!({"name": name, "arguments": arguments})).await["result"].take()
    }

    /// Returns all tools, page by page.
    pub async fn tools(&mut self) -> Vec<Value> {
        let (mut tools, mut cursor) = (Vec::new(), json!({}));
        loop {
            let mut page = self.request("tools/list", cursor).await["result"].take();
            let Value::Array(some) = page["tools"].take() else { panic!("{page}") };
            tools.extend(some);
            match page["nextCursor"].as_str() {
                Some(next) => cursor = json!({"cursor": next}),
                None => return tools,
            }
        }
    }
}
