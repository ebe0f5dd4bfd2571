//! Runs the sandbox or the server as a child process on a free port.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;

use crate::http;

/// The `Authorization` header for the sandbox's default keys, `acme+public:private`.
pub(crate) const AUTHORIZATION: &str = "Basic YWNtZStwdWJsaWM6cHJpdmF0ZQ==";

/// The API's path on the sandbox.
pub(crate) const BASE_PATH: &str = "/v4_6_release/apis/3.0";

/// Builds the sandbox's binary with additional cargo arguments, and returns its path.
pub(crate) fn build(arguments: &[&str]) -> anyhow::Result<PathBuf> {
    build_program("cwpsa-sandbox", arguments)
}

/// Builds the binary of the package with the same name with additional cargo arguments, and returns its path.
pub(crate) fn build_program(name: &str, arguments: &[&str]) -> anyhow::Result<PathBuf> {
    let output = Command::new(env!("CARGO"))
        .args(["build", "-p", name, "--bin", name])
        .args(arguments)
        .arg("--message-format=json-render-diagnostics")
        .stderr(Stdio::inherit())
        .output()
        .context("can't start cargo")?;
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .filter(|_| output.status.success())
        .with_context(|| format!("can't build {name}"))
}

/// A sandbox, or another of our servers. The process is killed when this value is dropped.
pub(crate) struct CwpsaProcess {
    process: Child,
    /// Address and port.
    pub(crate) host: String,
    /// The server's log, which is truncated regularly as long as this value lives.
    #[expect(dead_code, reason = "held, not read")]
    log: Arc<File>,
}

impl CwpsaProcess {
    /// Starts a server on a free port and waits until it listens.
    pub(crate) fn start(program: &Path, arguments: &[&str]) -> anyhow::Result<Self> {
        Self::spawn(Command::new(program).args(arguments))
    }

    /// Starts a command on a free port and waits until it listens.
    ///
    /// It logs to a file, like a service: a pipe would have to be read here, on the cores being measured. The file
    /// is deleted immediately and truncated every second, so it never grows large.
    pub(crate) fn spawn(command: &mut Command) -> anyhow::Result<Self> {
        let named = tempfile::NamedTempFile::new()?;
        let append = || std::fs::OpenOptions::new().append(true).read(true).open(named.path());
        let (log, written) = (Arc::new(append()?), append()?);
        let spawned = command.args(["--listen", "127.0.0.1:0"]).stderr(written).spawn();
        let process = spawned.with_context(|| format!("can't start {}", command.get_program().display()))?;
        let mut server = Self { process, host: String::new(), log: Arc::clone(&log) };
        let mut output = String::new();
        while server.host.is_empty() {
            let has_ended = server.process.try_wait()?.is_some();
            (&*log).read_to_string(&mut output)?;
            let lines = output.split_inclusive('\n').filter(|line| line.ends_with('\n'));
            let address = lines.filter_map(|line| line.split_once("://")).next();
            server.host = address.and_then(|(_, rest)| rest.split('/').next()).unwrap_or_default().to_owned();
            if has_ended && server.host.is_empty() {
                bail!("the server exited before it started listening: {output}");
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

    /// Returns a command that serves this sandbox's account with `program`.
    pub(crate) fn serve_command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .args(["serve", "--base-url", &self.url("")])
            .envs([("CWPSA_COMPANY_ID", "acme"), ("CWPSA_PUBLIC_KEY", "public")])
            .envs([("CWPSA_PRIVATE_KEY", "private"), ("CWPSA_CLIENT_ID", "xtask")]);
        command
    }

    /// Kills the process in the middle of its work, and waits until it is gone.
    pub(crate) fn kill(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    /// Returns the process ID.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Returns the URL of an API path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{BASE_PATH}{path}", self.host)
    }

    /// Returns the body of a GET request over a new connection. Any status but 200 is an error.
    pub(crate) fn get(&self, path: &str) -> anyhow::Result<String> {
        let headers = format!("authorization: {AUTHORIZATION}\r\nclientid: xtask\r\n");
        let response = http::send(&self.host, "GET", &format!("{BASE_PATH}{path}"), &headers, "")
            .with_context(|| format!("GET {path} failed"))?;
        if response.status != 200 {
            bail!("GET {path}: status {}: {}", response.status, response.body);
        }
        Ok(response.body)
    }
}

impl Drop for CwpsaProcess {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Returns a process's resident memory in megabytes.
pub(crate) fn memory(process: u32) -> anyhow::Result<f64> {
    let path = format!("/proc/{process}/status");
    let text = std::fs::read_to_string(&path).with_context(|| format!("can't read {path}"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    let kilobytes = line.split_whitespace().next().and_then(|number| number.parse::<f64>().ok());
    kilobytes.map(|kilobytes| kilobytes / 1000.0).with_context(|| format!("{path} has no line VmRSS"))
}
