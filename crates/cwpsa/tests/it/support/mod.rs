//! Test helpers: a mock API, settings for it, and the server itself, in the test process or in a process of its own.

pub mod copies;
pub mod gated_api;
pub mod sdk;
pub mod stdio;

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;

use cwpsa::cli::{Command, Invocation};
use cwpsa::environment::Environment;
use cwpsa::error::CliError;
use cwpsa::http::Listening;
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use toolcrate_mcp::ExposureMode;
use toolcrate_testing::process::ServerProcess;
use toolcrate_testing::wait::wait_for;
use wiremock::MockServer;

/// The token that grants access to the account `acme`.
pub const TOKEN: &str = "sesame";

/// Returns the program under test, independent of the machine's settings.
pub fn cwpsa() -> tokio::process::Command {
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_cwpsa"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CWPSA_")) {
        command.env_remove(name);
    }
    command.kill_on_drop(true);
    command
}

/// Waits until a server reports the URL of its tools, and returns its scheme, host and port.
pub async fn origin(server: &ServerProcess) -> String {
    let url = server.wait_for_url("at ").await;
    let (scheme, rest) = url.split_once("://").unwrap();
    format!("{scheme}://{}", rest.split('/').next().unwrap())
}

/// Creates a settings file with one account, whose API is `upstream`.
pub fn settings(upstream: &MockServer) -> NamedTempFile {
    settings_for(&upstream.uri())
}

/// Creates a settings file with one account, whose API is at `base_url`.
pub fn settings_for(base_url: &str) -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    let text = format!(
        "default = \"acme\"\n[accounts.acme]\nbase_url = \"{base_url}\"\ncompany_id = \"acme\"\npublic_key = \"public\"\nprivate_key = \"private-key-of-acme\"\nclient_id = \"client-id-of-acme\"\ntokens = [\"{TOKEN}\"]\n"
    );
    std::fs::write(file.path(), text).unwrap();
    file
}

/// Starts listening with the given command line.
pub async fn listen(line: &[&str]) -> Result<Listening, CliError> {
    let invocation = Invocation::try_parse_from(line, Environment::from_process()).unwrap();
    let Command::Serve(arguments) = invocation.arguments.command else { unreachable!() };
    let settings = invocation.settings.load()?;
    cwpsa::http::listen(&arguments.offer, ExposureMode::MetaTools, invocation.settings, &settings).await
}

/// Starts a server for the account, with additional flags.
pub async fn serve(settings: &NamedTempFile, flags: &[&str]) -> SocketAddr {
    let path = settings.path().to_str().unwrap();
    let line = ["cwpsa", "serve", "--listen", "127.0.0.1:0", "--config", path];
    let listening = listen(&line.iter().chain(flags).copied().collect::<Vec<_>>()).await.unwrap();
    let address = listening.address;
    tokio::spawn(listening.serve(std::future::pending()));
    address
}

/// Starts `cwpsa mcp --sandbox` over HTTP, and returns the MCP URL.
pub async fn serve_mcp(flags: &[&str]) -> (ServerProcess, String) {
    let mut command = cwpsa();
    command.args(["mcp", "--sandbox", "--listen", "127.0.0.1:0"]).args(flags).stdin(Stdio::null());
    let server = ServerProcess::start(command);
    let url = server.wait_for_url("MCP at ").await;
    (server, url)
}

/// Returns the message that starts a session in a version of the Model Context Protocol.
pub fn initialize(version: &str) -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}})
}

/// Returns the entries of an audit log.
pub fn audit_entries(log: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(log).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Waits until this many requests have reached `upstream`, and returns them.
pub async fn wait_for_requests(upstream: &MockServer, count: usize) -> Vec<wiremock::Request> {
    let requests = async || upstream.received_requests().await.filter(|requests| requests.len() >= count);
    wait_for(&format!("{count} requests"), requests).await
}
