//! A stand-in for the API, settings for it, and the server itself in this process.
#![allow(dead_code, missing_docs)]

pub mod copies;
pub mod redis;
pub mod sdk;
pub mod stdio;

use std::net::SocketAddr;

use cwpsa::cli::{Command, Invocation};
use cwpsa::environment::Environment;
use cwpsa::error::CliError;
use cwpsa::http::Listening;
use wiremock::MockServer;

/// The token that opens the account `acme`.
pub const TOKEN: &str = "sesame";

/// A settings file with one account, which `upstream` is.
pub fn settings(upstream: &MockServer) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    let text = format!(
        "default = \"acme\"\n[accounts.acme]\nbase_url = \"{}\"\ncompany_id = \"acme\"\npublic_key = \"public\"\nprivate_key = \"private-key-of-acme\"\nclient_id = \"client-id-of-acme\"\ntokens = [\"{TOKEN}\"]\n",
        upstream.uri()
    );
    std::fs::write(file.path(), text).unwrap();
    file
}

/// Starts listening as a command line says.
pub async fn listen(line: &[&str]) -> Result<Listening, CliError> {
    let invocation = Invocation::try_parse_from(line, Environment::from_process()).unwrap();
    let Command::Serve(arguments) = invocation.arguments.command else { unreachable!() };
    let settings = invocation.settings.load()?;
    cwpsa::http::listen(&arguments, invocation.settings, &settings).await
}

/// A server for the account, with more flags if need be.
pub async fn serve(settings: &tempfile::NamedTempFile, flags: &[&str]) -> SocketAddr {
    let path = settings.path().to_str().unwrap();
    let line = ["cwpsa", "serve", "--listen", "127.0.0.1:0", "--config", path];
    let listening = listen(&line.iter().chain(flags).copied().collect::<Vec<_>>()).await.unwrap();
    let address = listening.address;
    tokio::spawn(listening.serve(std::future::pending()));
    address
}
