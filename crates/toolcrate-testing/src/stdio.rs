//! Speaks JSON-RPC with a process, one message per line, over its standard input and output.

use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::wait::CONDITION_TIMEOUT;

/// A process that speaks JSON-RPC. It is killed when this value is dropped.
pub struct JsonRpcProcess {
    /// The process.
    pub process: Child,
    /// Messages that weren't responses: notifications, and requests from the process.
    pub notifications: Vec<Value>,
    /// `None` once it is closed.
    input: Option<ChildStdin>,
    output: Lines<BufReader<ChildStdout>>,
    next_id: u64,
}

impl JsonRpcProcess {
    /// Starts `command`.
    ///
    /// # Panics
    /// Panics if it can't be started.
    pub fn start(mut command: Command) -> Self {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the process starts");
        let input = process.stdin.take();
        let output = BufReader::new(process.stdout.take().expect("a piped stdout")).lines();
        Self { process, notifications: Vec::new(), input, output, next_id: 1 }
    }

    /// Writes a message.
    ///
    /// # Panics
    /// Panics if the process no longer reads.
    pub async fn send(&mut self, message: &Value) {
        self.send_line(&message.to_string()).await;
    }

    /// Writes a line, which doesn't have to be a message.
    ///
    /// # Panics
    /// Panics if the process no longer reads.
    pub async fn send_line(&mut self, line: &str) {
        let input = self.input.as_mut().expect("an open input");
        input.write_all(format!("{line}\n").as_bytes()).await.expect("the process reads its input");
    }

    /// Closes the process's input, like a client that disconnects.
    pub fn close_input(&mut self) {
        self.input = None;
    }

    /// Reads the next message.
    ///
    /// # Panics
    /// Panics if none arrives within [`CONDITION_TIMEOUT`].
    pub async fn receive(&mut self) -> Value {
        let line = tokio::time::timeout(CONDITION_TIMEOUT, self.output.next_line()).await;
        let line = line.expect("a message in time").expect("an output that can be read");
        serde_json::from_str(&line.expect("a process that still writes")).expect("a JSON message")
    }

    /// Sends a request and returns its response, with `result` or `error`.
    ///
    /// # Panics
    /// Panics like [`receive`](Self::receive).
    pub async fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.next_id;
        self.next_id += 1;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})).await;
        loop {
            let message = self.receive().await;
            if message["id"] == id {
                return message;
            }
            self.notifications.push(message);
        }
    }

    /// Waits until the process has sent this notification.
    ///
    /// # Panics
    /// Panics like [`receive`](Self::receive).
    pub async fn notification(&mut self, method: &str) {
        while !self.notifications.iter().any(|message| message["method"] == method) {
            let message = self.receive().await;
            self.notifications.push(message);
        }
        self.notifications.clear();
    }
}
