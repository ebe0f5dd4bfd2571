//! Tests the sandbox and the server with third-party clients, whose packages are pinned in `tests/clients`.
//!
//! The sandbox is tested with connectwise-rest from npm, with pyconnectwise from PyPI, and with our own runtime through
//! Prism, which checks each call against the spec. The server is tested with the MCP project's conformance suite, MCP
//! Inspector, the MCP project's TypeScript and Python clients, the MCP adapters for CrewAI and LangChain, and a client
//! that behaves like Truto's.

use std::path::Path;
use std::process::Command;

use crate::clients::process::{NPM_INSTALL, finish, python_environment};
use crate::server_process::{self, CwpsaProcess};

/// Builds the sandbox and the server, and runs all client tests.
pub(crate) fn run() -> anyhow::Result<()> {
    let clients = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/clients");
    eprintln!("the page of all tools");
    finish(Command::new("node").args(["--test", "page.test.mjs"]).current_dir(clients.join("page")))?;
    let program = server_process::build(&[])?;
    let target = program.parent().unwrap_or(&clients);
    let certificates = target.join("clients-tls");
    let sandbox = CwpsaProcess::start(&program, &["--tls", &certificates.to_string_lossy()])?;
    let certificate = certificates.join("cert.pem");
    node(&clients.join("node"), &sandbox.host, &certificate)?;
    python(&clients.join("python"), &target.join("clients-python"), &sandbox.host, &certificate)?;
    drop(sandbox);
    prism(&clients.join("prism"), target, &CwpsaProcess::start(&program, &[])?.host)?;
    let server = server_process::build_program("cwpsa", &[])?;
    truto(&clients.join("truto"), &server, &program)?;
    mcp_node(&clients.join("mcp-node"), &server)?;
    mcp_python(&clients.join("mcp-python"), &target.join("clients-mcp-python"), &server)?;
    agent_adapters(&clients.join("agent-adapters"), &target.join("clients-agent-adapters"), &server)
}

/// Each test starts the servers that it needs.
fn truto(folder: &Path, server: &Path, sandbox: &Path) -> anyhow::Result<()> {
    eprintln!("test the server with a Truto-like client");
    let mut tests = Command::new("node");
    tests.arg("--test").current_dir(folder);
    finish(tests.env("CWPSA", server).env("CWPSA_SANDBOX_PROGRAM", sandbox))
}

fn mcp_node(folder: &Path, server: &Path) -> anyhow::Result<()> {
    eprintln!("test the server with the MCP project's test suite, inspector and TypeScript clients");
    finish(Command::new("npm").args(NPM_INSTALL).current_dir(folder))?;
    let mut tests = Command::new("node");
    tests.args(["--test", "--test-concurrency=1"]).current_dir(folder);
    finish(tests.env("CWPSA", server))
}

fn mcp_python(folder: &Path, environment: &Path, server: &Path) -> anyhow::Result<()> {
    eprintln!("test the server with the MCP project's Python client");
    let python = python_environment(folder, environment)?;
    finish(Command::new(&python).args(["-W", "ignore", "tour.py"]).current_dir(folder).env("CWPSA", server))
}

fn agent_adapters(folder: &Path, environment: &Path, server: &Path) -> anyhow::Result<()> {
    eprintln!("test the server with the CrewAI and LangChain MCP adapters");
    let python = python_environment(folder, environment)?;
    for tour in ["crewai_tour", "langchain_tour"] {
        let mut tests = Command::new(&python);
        tests.args(["-W", "ignore", "-m", "unittest", "-q", tour]).current_dir(folder);
        finish(tests.env("CWPSA", server).env("PYTHONDONTWRITEBYTECODE", "1"))?;
    }
    Ok(())
}

fn prism(folder: &Path, target: &Path, host: &str) -> anyhow::Result<()> {
    eprintln!("test all areas through Prism");
    finish(Command::new(env!("CARGO")).args([
        "build",
        "--quiet",
        "--package",
        "e2e",
        "--example",
        "areas_tour",
    ]))?;
    finish(Command::new("npm").args(NPM_INSTALL).current_dir(folder))?;
    let mut check = Command::new("node");
    check.arg("check.mjs").current_dir(folder);
    check.env("SPEC", folder.join("../../../specs/connectwise-psa-2025.1.json"));
    check.env("SANDBOX", format!("http://{host}/v4_6_release/apis/3.0"));
    finish(check.env("TOUR", target.join("examples/areas_tour")))
}

fn node(folder: &Path, host: &str, certificate: &Path) -> anyhow::Result<()> {
    eprintln!("test the sandbox with connectwise-rest");
    finish(Command::new("npm").args(NPM_INSTALL).current_dir(folder))?;
    let mut tour = Command::new("node");
    tour.args(["--test", "tour.test.mjs"]).current_dir(folder);
    finish(tour.env("SANDBOX_HOST", host).env("NODE_EXTRA_CA_CERTS", certificate))
}

fn python(folder: &Path, environment: &Path, host: &str, certificate: &Path) -> anyhow::Result<()> {
    eprintln!("test the sandbox with pyconnectwise");
    let python = python_environment(folder, environment)?;
    let mut tour = Command::new(&python);
    tour.args(["-W", "ignore", "tour.py"]).current_dir(folder);
    finish(tour.env("SANDBOX_HOST", host).env("REQUESTS_CA_BUNDLE", certificate))
}
