//! The table `webhooks` of an account in the settings file.

use std::path::PathBuf;

use serde::Deserialize;

/// The table of an account in the settings file.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookTable {
    /// A program and its arguments.
    #[serde(default)]
    pub command: Vec<String>,
    /// Where events are posted to.
    pub post: Option<String>,
    /// Whether MCP sessions are told.
    #[serde(default)]
    pub mcp: bool,
    pub(super) secret: Option<String>,
    pub(super) secret_env: Option<String>,
    pub(super) secret_file: Option<PathBuf>,
    /// Further hosts that may hold the account's keys, beside that of its API.
    #[serde(default)]
    pub key_hosts: Vec<String>,
    /// Whether `post` may be plain http to another machine.
    #[serde(default)]
    pub allow_plain_http: bool,
    /// How long a command or an answer may take.
    pub timeout_seconds: Option<u32>,
    /// How long after the first failure the second try comes; each further pause is twice as long.
    pub retry_seconds: Option<u32>,
    /// After so many tries an event is given up.
    pub attempts: Option<u32>,
}
