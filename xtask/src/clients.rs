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
    let target = program.parent().unwrap_or(&clients);
    let certificates = target.join("clients-tls");
    let sandbox = Sandbox::start(&program, &certificates)?;
    let certificate = certificates.join("cert.pem");
    node(&clients.join("node"), &sandbox.host, &certificate)?;
    python(&clients.join("python"), &target.join("clients-python"), &sandbox.host, &certificate)
}

fn node(folder: &Path, host: &str, certificate: &Path) -> Result<(), String> {
    eprintln!("tour of the sandbox with connectwise-rest");
    let install = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"];
    finish(Command::new("npm").args(install).current_dir(folder))?;
    let mut tour = Command::new("node");
    tour.args(["--test", "tour.test.mjs"]).current_dir(folder);
    finish(tour.env("SANDBOX_HOST", host).env("NODE_EXTRA_CA_CERTS", certificate))
}

fn python(folder: &Path, environment: &Path, host: &str, certificate: &Path) -> Result<(), String> {
    eprintln!("tour of the sandbox with pyconnectwise");
    finish(Command::new("python3").args(["-m", "venv"]).arg(environment))?;
    let python = environment.join(if cfg!(windows) { "Scripts" } else { "bin" }).join("python");
    let install = ["-m", "pip", "install", "--quiet", "--require-hashes", "-r", "requirements.txt"];
    finish(Command::new(&python).args(install).current_dir(folder))?;
    let mut tour = Command::new(&python);
    tour.args(["-W", "ignore", "tour.py"]).current_dir(folder);
    finish(tour.env("SANDBOX_HOST", host).env("REQUESTS_CA_BUNDLE", certificate))
}

fn finish(command: &mut Command) -> Result<(), String> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{command:?}: {status}")),
        Err(error) => Err(format!("{command:?} could not be started: {error}; --rust-only leaves it out")),
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
    fn start(program: &Path, certificates: &Path) -> Result<Self, String> {
        let mut process = Command::new(program)
            .args(["--listen", "127.0.0.1:0", "--tls"])
            .arg(certificates)
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", program.display()))?;
        let mut messages = BufReader::new(process.stderr.take().ok_or("the sandbox has no messages")?);
        let mut line = String::new();
        let read = messages.read_line(&mut line).map_err(|error| error.to_string());
        let host = line.split("https://").nth(1).and_then(|rest| rest.split('/').next()).map(str::to_owned);
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
