//! Clients that others wrote, run against the sandbox: connectwise-rest of npm and pyconnectwise of PyPI each
//! make a tour of it. They need node and python; what they use is pinned in `tests/clients`.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};

use serde_json::Value;

/// Builds the sandbox, starts it on a free port, and makes both tours.
pub fn run() -> Result<(), String> {
    let clients = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/clients");
    let program = build()?;
    let environment = program.parent().unwrap_or(&clients).join("clients-python");
    let sandbox = Sandbox::start(&program)?;
    node(&clients.join("node"), &sandbox.host)?;
    python(&clients.join("python"), &environment, &sandbox.host)
}

fn node(folder: &Path, host: &str) -> Result<(), String> {
    eprintln!("tour of the sandbox with connectwise-rest");
    run_in(folder, host, "npm", &["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"])?;
    run_in(folder, host, "node", &["--test", "tour.test.mjs"])
}

fn python(folder: &Path, environment: &Path, host: &str) -> Result<(), String> {
    eprintln!("tour of the sandbox with pyconnectwise");
    let bin = environment.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let path = |path: &Path| path.to_string_lossy().into_owned();
    run_in(folder, host, "python3", &["-m", "venv", &path(environment)])?;
    let python = path(&bin.join("python"));
    let install = ["-m", "pip", "install", "--quiet", "--require-hashes", "-r", "requirements.txt"];
    run_in(folder, host, &python, &install)?;
    run_in(folder, host, &python, &["-W", "ignore", "tour.py"])
}

fn run_in(folder: &Path, host: &str, program: &str, arguments: &[&str]) -> Result<(), String> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).env("SANDBOX_HOST", host);
    let shown = format!("{program} {}", arguments.join(" "));
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{shown}: {status}")),
        Err(error) => Err(format!("{shown} could not be started: {error}; --rust-only leaves it out")),
    }
}

/// Builds the sandbox's binary and says where it is.
fn build() -> Result<PathBuf, String> {
    let output = Command::new(env!("CARGO"))
        .args(["build", "-p", "cwpsa-sandbox", "--bin", "cwpsa-sandbox"])
        .arg("--message-format=json-render-diagnostics")
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo could not be started: {error}"))?;
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .filter(|_| output.status.success())
        .ok_or_else(|| "the sandbox could not be built".to_owned())
}

/// A sandbox that ends with this value.
struct Sandbox {
    process: Child,
    host: String,
    /// Kept open, so that the sandbox can go on writing.
    _messages: BufReader<ChildStderr>,
}

impl Sandbox {
    fn start(program: &Path) -> Result<Self, String> {
        let mut process = Command::new(program)
            .args(["--listen", "127.0.0.1:0"])
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", program.display()))?;
        let mut messages = BufReader::new(process.stderr.take().ok_or("the sandbox has no messages")?);
        let mut line = String::new();
        let read = messages.read_line(&mut line).map_err(|error| error.to_string());
        let host = line.split("http://").nth(1).and_then(|rest| rest.split('/').next()).map(str::to_owned);
        let mut sandbox = Self { process, host: String::new(), _messages: messages };
        read?;
        sandbox.host = host.ok_or_else(|| format!("the sandbox did not say where it listens: {line}"))?;
        Ok(sandbox)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
