//! Helpers for the end-to-end tests: a client for a local server, a sandbox, and a request validator that uses only the
//! spec.

pub mod spec;

use std::net::SocketAddr;
use std::time::Duration;

use connectwise_psa::runtime::{Client, Error, Secret};
use connectwise_psa::{API, Credentials};
use cwpsa_sandbox::command::{self, SandboxArguments};
use cwpsa_sandbox::server::MockServer;

/// The header for [`credentials`]: base64 of `acme+public` and `private`.
pub const AUTHORIZATION: &str = "Basic YWNtZStwdWJsaWM6cHJpdmF0ZQ==";
/// The client ID in [`credentials`].
pub const CLIENT_ID: &str = "00000000-0000-0000-0000-000000000000";

/// Returns made-up credentials.
pub fn credentials() -> Credentials {
    Credentials {
        company_id: "acme".to_owned(),
        public_key: "public".to_owned(),
        private_key: Secret::from("private"),
        client_id: Secret::from(CLIENT_ID),
    }
}

/// Returns a client for the server at `base_url`.
///
/// # Errors
/// Returns `Configuration` if the URL is invalid.
pub fn client(base_url: &str) -> Result<Client, Error> {
    Client::builder(&API)
        .base_url(base_url)
        .credentials(credentials())
        .timeout(Duration::from_secs(10))
        .build()
}

/// Starts a sandbox on a free port. Returns it with a client for it.
///
/// # Panics
/// Panics if it can't be started.
pub async fn sandbox() -> (MockServer, Client) {
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let arguments = SandboxArguments { listen, ..SandboxArguments::default() };
    let server = command::start(&arguments).await.expect("a sandbox");
    let client = client(&server.base_url()).expect("a client");
    (server, client)
}

/// Compiles the snippets in the crate's guide.
#[cfg(doctest)]
#[doc = include_str!("../../docs/rust-client.md")]
pub struct CrateGuide;
