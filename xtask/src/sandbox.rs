//! The sandbox as a process: built, started on a free port, asked, ended.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};

use serde_json::Value;

/// The keys that a sandbox takes if nothing is said, `acme+public:private`, as they go over the wire.
pub const AUTHORIZATION: &str = "Basic YWNtZStwdWJsaWM6cHJpdmF0ZQ==";

/// Builds the sandbox's binary, with more arguments for cargo, and says where it is.
pub fn build(arguments: &[&str]) -> Result<PathBuf, String> {
    build_program("cwpsa-sandbox", arguments)
}

/// Builds the binary that is called as its package is, with more arguments for cargo, and says where it is.
pub fn build_program(name: &str, arguments: &[&str]) -> Result<PathBuf, String> {
    let output = Command::new(env!("CARGO"))
        .args(["build", "-p", name, "--bin", name])
        .args(arguments)
        .arg("--message-format=json-render-diagnostics")
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo could not be started: {error}"))?;
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .filter(|_| output.status.success())
        .ok_or_else(|| format!("{name} could not be built"))
}

/// A sandbox that runs, and ends with this value.
pub struct Sandbox {
    process: Child,
    /// Address and port.
    pub host: String,
    /// Kept open, so that the sandbox can go on writing.
    _messages: BufReader<ChildStderr>,
}

impl Sandbox {
    /// Starts one on a free port and waits until it listens; `arguments` may begin with a command of `cwpsa`.
    pub fn start(program: &Path, arguments: &[&str]) -> Result<Self, String> {
        let mut process = Command::new(program)
            .args(arguments)
            .args(["--listen", "127.0.0.1:0"])
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", program.display()))?;
        let mut messages = BufReader::new(process.stderr.take().ok_or("the sandbox has no messages")?);
        let mut line = String::new();
        let read = messages.read_line(&mut line).map_err(|error| error.to_string());
        let host = line.split("://").nth(1).and_then(|rest| rest.split('/').next()).map(str::to_owned);
        let mut sandbox = Self { process, host: String::new(), _messages: messages };
        read?;
        sandbox.host = host.ok_or_else(|| format!("the sandbox did not say where it listens: {line}"))?;
        Ok(sandbox)
    }

    /// The number of its process.
    pub fn process(&self) -> u32 {
        self.process.id()
    }

    /// The address of a path of the API.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}/v4_6_release/apis/3.0{path}", self.host)
    }

    /// What it answers to a read, over plain HTTP and a connection of its own; other than 200 is an error.
    pub fn get(&self, path: &str) -> Result<String, String> {
        let failed = |error: std::io::Error| format!("GET {path}: {error}");
        let mut stream = TcpStream::connect(&self.host).map_err(failed)?;
        let request = format!(
            "GET /v4_6_release/apis/3.0{path} HTTP/1.1\r\nhost: {}\r\nauthorization: {AUTHORIZATION}\r\n\
             clientid: xtask\r\nconnection: close\r\n\r\n",
            self.host
        );
        stream.write_all(request.as_bytes()).map_err(failed)?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).map_err(failed)?;
        match answer.split_once("\r\n\r\n") {
            Some((head, body)) if head.starts_with("HTTP/1.1 200") => Ok(body.to_owned()),
            _ => Err(format!("GET {path}: {answer}")),
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
