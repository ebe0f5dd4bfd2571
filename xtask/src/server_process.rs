//! The sandbox, or the server, as a process: built, started on a free port, asked, ended.

use std::fs::File;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

/// The keys that a sandbox takes if nothing is said, `acme+public:private`, as they go over the wire.
pub(crate) const AUTHORIZATION: &str = "Basic YWNtZStwdWJsaWM6cHJpdmF0ZQ==";

/// Builds the sandbox's binary, with more arguments for cargo, and says where it is.
pub(crate) fn build(arguments: &[&str]) -> Result<PathBuf, String> {
    build_program("cwpsa-sandbox", arguments)
}

/// Builds the binary that is called as its package is, with more arguments for cargo, and says where it is.
pub(crate) fn build_program(name: &str, arguments: &[&str]) -> Result<PathBuf, String> {
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
pub(crate) struct ServerProcess {
    process: Child,
    /// Address and port.
    pub(crate) host: String,
    /// Emptied for as long as this value lives.
    #[expect(dead_code, reason = "held, not read")]
    log: Arc<File>,
}

impl ServerProcess {
    /// Starts one on a free port and waits until it listens.
    pub(crate) fn start(program: &Path, arguments: &[&str]) -> Result<Self, String> {
        Self::of(Command::new(program).args(arguments))
    }

    /// Starts what the command says on a free port and waits until it listens.
    ///
    /// What it says goes to a file, as a service's log does: a pipe would have to be read here, on the cores that
    /// are measured. The file has no name and is emptied every second, so that it never grows large.
    pub(crate) fn of(command: &mut Command) -> Result<Self, String> {
        let failed = |error: std::io::Error| error.to_string();
        let named = tempfile::NamedTempFile::new().map_err(failed)?;
        let append =
            || std::fs::OpenOptions::new().append(true).read(true).open(named.path()).map_err(failed);
        let (log, written) = (Arc::new(append()?), append()?);
        let spawned = command.args(["--listen", "127.0.0.1:0"]).stderr(written).spawn();
        let process = spawned.map_err(|error| format!("{}: {error}", command.get_program().display()))?;
        let mut server = Self { process, host: String::new(), log: Arc::clone(&log) };
        let mut said = String::new();
        while server.host.is_empty() {
            let has_ended = server.process.try_wait().map_err(failed)?.is_some();
            (&*log).read_to_string(&mut said).map_err(failed)?;
            let lines = said.split_inclusive('\n').filter(|line| line.ends_with('\n'));
            let address = lines.filter_map(|line| line.split_once("://")).next();
            server.host = address.and_then(|(_, rest)| rest.split('/').next()).unwrap_or_default().to_owned();
            if has_ended && server.host.is_empty() {
                return Err(format!("the server did not say where it listens: {said}"));
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        let log = Arc::downgrade(&log);
        std::thread::spawn(move || {
            while log.upgrade().is_some_and(|log| log.set_len(0).is_ok()) {
                std::thread::sleep(Duration::from_secs(1));
            }
        });
        Ok(server)
    }

    /// The number of its process.
    pub(crate) fn process(&self) -> u32 {
        self.process.id()
    }

    /// The address of a path of the API.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}/v4_6_release/apis/3.0{path}", self.host)
    }

    /// What it answers to a read, over plain HTTP and a connection of its own; other than 200 is an error.
    pub(crate) fn get(&self, path: &str) -> Result<String, String> {
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

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
