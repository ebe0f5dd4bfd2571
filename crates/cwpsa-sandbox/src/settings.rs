//! Settings for a sandbox.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::fault_injection::FaultSyntaxError;

/// A pair of API keys that the sandbox accepts.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// The company to log in to.
    pub company_id: String,
    /// The public key.
    pub public_key: String,
    /// The private key.
    pub private_key: String,
    /// The identifier of the member who makes the changes.
    pub member: String,
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKey")
            .field("company_id", &self.company_id)
            .field("public_key", &self.public_key)
            .field("private_key", &"…")
            .field("member", &self.member)
            .finish()
    }
}

/// Sandbox settings. By default, a sandbox has a seeded tenant in memory and accepts one key.
#[derive(Clone, Debug)]
pub struct SandboxSettings {
    /// The accepted keys. A request with any other credentials gets a 401.
    pub keys: Vec<ApiKey>,
    /// True if references to nonexistent records are rejected with 400, as in the API. Otherwise, they are
    /// stored unchanged.
    pub strict_references: bool,
    /// The database file for writes; without one, they are kept in memory.
    pub data: Option<PathBuf>,
    /// A file of records in addition to the seed records, in the format of the files in `data/`.
    pub records: Option<PathBuf>,
    /// The number of tickets in addition to the seed records, with half as many configurations.
    pub scale: Option<u32>,
    /// The seed of the random parts of a large tenant.
    pub seed: u64,
    /// A fixed time in seconds since 1970; the current time by default.
    pub now: Option<i64>,
}

impl Default for SandboxSettings {
    fn default() -> Self {
        let key = ApiKey {
            company_id: "acme".to_owned(),
            public_key: "public".to_owned(),
            private_key: "private".to_owned(),
            member: "Admin1".to_owned(),
        };
        Self {
            keys: vec![key],
            strict_references: true,
            data: None,
            records: None,
            scale: None,
            seed: 1,
            now: None,
        }
    }
}

/// The reason why a sandbox could not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxStartError {
    /// A file of seed records is invalid.
    #[error("invalid seed records: {0}")]
    Seed(String),
    /// The database file can't be used.
    #[error("can't use the data file: {0}")]
    Data(String),
    /// A fault is invalid.
    #[error("invalid fault: {0}")]
    Fault(#[from] FaultSyntaxError),
    /// There is no key that a client could use.
    #[error("expected at least one API key in the settings, got none")]
    NoKey,
    /// The server can't be started.
    #[error("can't start the server: {0}")]
    Server(#[source] io::Error),
    /// The client can't be created.
    #[error("can't create the client: {0}")]
    Client(#[from] connectwise_psa::runtime::Error),
}
