//! What a sandbox is started with.

use std::fmt;
use std::path::PathBuf;

/// A pair of API keys that the sandbox takes.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    /// The company that one logs in to.
    pub company_id: String,
    /// The public half.
    pub public_key: String,
    /// The private half; it is compared, never shown.
    pub private_key: String,
    /// The identifier of the member that writes are signed with.
    pub member: String,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("company_id", &self.company_id)
            .field("public_key", &self.public_key)
            .field("private_key", &"…")
            .field("member", &self.member)
            .finish()
    }
}

/// What a sandbox is started with. The default is a seeded tenant in memory with one key.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Who may call. A call with other credentials gets 401.
    pub keys: Vec<Key>,
    /// Whether a reference to a record that isn't there is refused with 400, as the API does. Without it the
    /// reference is kept as it was given.
    pub strict_references: bool,
    /// The database file in which writes are kept; none keeps them in memory.
    pub data: Option<PathBuf>,
    /// A file with records beside the seeded ones, in the form of the files of `data`.
    pub records: Option<PathBuf>,
    /// So many tickets, and half as many configurations, on top of the seeded records.
    pub scale: Option<u32>,
    /// What the random parts of a large tenant come from.
    pub seed: u64,
    /// The time in seconds since 1970, where it should stand still; else it is the clock's.
    pub now: Option<i64>,
}

impl Default for Settings {
    fn default() -> Self {
        let key = Key {
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

/// Why a sandbox could not start.
#[derive(Debug)]
pub enum SettingsError {
    /// A file with records or rules says something that can't be.
    Seed(String),
    /// The database file can't be used.
    Data(String),
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seed(reason) => write!(f, "the seed records can't be used: {reason}"),
            Self::Data(reason) => write!(f, "the data file can't be used: {reason}"),
        }
    }
}

impl std::error::Error for SettingsError {}
