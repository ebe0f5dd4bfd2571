//! Clients that others wrote, run against the sandbox: connectwise-rest of npm and pyconnectwise of PyPI each
//! make a tour of it. They need node and python; what they use is pinned in `tests/clients`.

use std::path::Path;
use std::process::Command;

use crate::sandbox::{self, Sandbox};

/// Builds the sandbox, starts it on a free port, and makes both tours.
pub fn run() -> Result<(), String> {
    let clients = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/clients");
    let program = sandbox::build(&[])?;
    let target = program.parent().unwrap_or(&clients);
    let certificates = target.join("clients-tls");
    let sandbox = Sandbox::start(&program, &["--tls", &certificates.to_string_lossy()])?;
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
