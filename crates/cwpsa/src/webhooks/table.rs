//! An account's `webhooks` table in the settings file.

use std::path::PathBuf;

use serde::Deserialize;

/// An account's table in the settings file.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookTable {
    /// A program and its arguments.
    #[serde(default)]
    pub command: Vec<String>,
    /// The URL to which events are posted.
    pub post: Option<String>,
    /// True if MCP sessions are notified.
    #[serde(default)]
    pub mcp: bool,
    pub(super) secret: Option<String>,
    pub(super) secret_env: Option<String>,
    pub(super) secret_file: Option<PathBuf>,
    /// Additional hosts for the account's signing keys.
    #[serde(default)]
    pub key_hosts: Vec<String>,
    /// True if `post` may use unencrypted HTTP to another machine.
    #[serde(default)]
    pub allow_plain_http: bool,
    /// Timeout for a command or a request.
    pub timeout_seconds: Option<u32>,
    /// Delay after the first failure; it doubles with each further attempt.
    pub retry_seconds: Option<u32>,
    /// Number of attempts before an event is moved to the dead-letter queue.
    pub attempts: Option<u32>,
    /// Time between scans for unreported changes; 0 turns them off.
    pub recovery_seconds: Option<u32>,
}
