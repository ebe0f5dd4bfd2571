//! The sandbox, or the server, as a process: built, started on a free port, asked, ended.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

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

/// A sandbox, or another server of ours, that runs and ends with this value.
pub struct Sandbox {
    process: Child,
    /// Address and port.
    pub host: String,
}

impl Sandbox {
    /// Starts one on a free port and waits until it listens.
    pub fn start(program: &Path, arguments: &[&str]) -> Result<Self, String> {
        Self::of(Command::new(program).args(arguments))
    }

    /// Starts what the command says on a free port and waits until it listens.
    pub fn of(command: &mut Command) -> Result<Self, String> {
        let spawned = command.args(["--listen", "127.0.0.1:0"]).stderr(Stdio::piped()).spawn();
        let mut process = spawned.map_err(|error| format!("{}: {error}", command.get_program().display()))?;
        let messages = BufReader::new(process.stderr.take().ok_or("the server has no messages")?);
        let mut server = Self { process, host: String::new() };
        let (mut lines, mut said) = (messages.lines(), String::new());
        while server.host.is_empty() {
            let line = match lines.next() {
                Some(line) => line.map_err(|error| error.to_string())?,
                None => return Err(format!("the server did not say where it listens: {said}")),
            };
            let address = line.split_once("://").and_then(|(_, rest)| rest.split('/').next());
            server.host = address.unwrap_or_default().to_owned();
            said = line;
        }
        // What it says later is read, so that it can go on.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(server)
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
