//! Settings values, as set by flags, variables and the settings file.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU64;
use std::path::PathBuf;
use std::time::Duration;

use connectwise_psa::runtime::{HostArguments, Secret};
use serde::{Deserialize, Deserializer};
use toolcrate_executor::{ToolClass, ToolFilterSpec};

use super::account::AccountTable;

/// Every setting. The keys of the settings file, the names of the flags and those of the `CWPSA_*` variables are the names
/// of these fields.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SettingValues {
    /// True if a sandbox in this process is used instead of an account.
    pub sandbox: bool,
    /// The faults of that sandbox.
    pub sandbox_fault: Vec<String>,
    /// The request budget of that sandbox.
    pub sandbox_budget: Option<String>,
    /// The name of the account to use.
    pub account: Option<String>,
    /// The account that is used if none is named.
    pub default: Option<String>,
    /// The root of the API.
    pub base_url: Option<String>,
    /// The region of ConnectWise's cloud.
    pub region: Option<String>,
    /// The company ID typed at login.
    pub company_id: Option<String>,
    /// The public key of an API member.
    pub public_key: Option<String>,
    /// A file that holds the private key.
    pub private_key_file: Option<PathBuf>,
    /// Where `cwpsa serve` listens.
    pub listen: SocketAddr,
    /// Where state is persisted.
    #[serde(deserialize_with = "secret")]
    pub state: Option<Secret>,
    /// Additional host names to accept.
    pub allow_host: Vec<String>,
    /// The file of the audit log.
    pub audit: Option<PathBuf>,
    /// The tools whose calls need approval.
    pub approve: Vec<String>,
    /// True if schemas show the custom fields of the account.
    pub custom_fields: bool,
    /// Maximum number of rows of a response.
    pub max_rows: usize,
    /// Maximum size of a response in bytes.
    pub max_bytes: Option<usize>,
    /// How long the API may take to respond, in seconds. Servers and `cwpsa call` have defaults of their own.
    pub upstream_timeout: Option<NonZeroU64>,
    /// How long calls in flight may take after a shutdown signal, in seconds.
    pub grace: u64,
    /// A program that receives events.
    pub webhook_command: Option<String>,
    /// An address that events are posted to.
    pub webhook_post: Option<String>,
    /// A file that holds the secret that posted events are signed with.
    pub webhook_secret_file: Option<PathBuf>,
    /// True if MCP sessions are notified of events.
    pub webhook_mcp: bool,
    /// Names of arguments that are ignored because the callers' hosts add them. By default, those that known hosts add.
    pub host_arguments: Option<Vec<String>>,
    /// The tools that servers expose if flags choose none. Read again at SIGHUP.
    pub tools: ExposedTools,
    /// The accounts by name.
    pub accounts: BTreeMap<String, AccountTable>,
}

impl Default for SettingValues {
    fn default() -> Self {
        Self {
            sandbox: false,
            sandbox_fault: Vec::new(),
            sandbox_budget: None,
            account: None,
            default: None,
            base_url: None,
            region: None,
            company_id: None,
            public_key: None,
            private_key_file: None,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            state: None,
            allow_host: Vec::new(),
            audit: None,
            approve: Vec::new(),
            custom_fields: true,
            max_rows: 10_000,
            max_bytes: None,
            upstream_timeout: None,
            grace: 30,
            webhook_command: None,
            webhook_post: None,
            webhook_secret_file: None,
            webhook_mcp: false,
            host_arguments: None,
            tools: ExposedTools::default(),
            accounts: BTreeMap::new(),
        }
    }
}

impl SettingValues {
    /// Returns how long the API may take to respond, or `default` if that is not set.
    pub fn upstream_timeout_or(&self, default: Duration) -> Duration {
        self.upstream_timeout.map_or(default, |seconds| Duration::from_secs(seconds.get()))
    }

    /// Returns the arguments that are ignored because the callers' hosts add them.
    pub fn host_arguments(&self) -> HostArguments {
        self.host_arguments.as_ref().map_or_else(HostArguments::default, HostArguments::new)
    }
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Secret>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.map(Secret::from))
}

/// The tools that servers expose, in the settings file: like the flags of the same names.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExposedTools {
    /// Only tools of these classes.
    pub class: Vec<ToolClass>,
    /// Only tools of these modules.
    pub module: Vec<String>,
    /// Only tools whose name matches one of these patterns.
    pub name: Vec<String>,
    /// Only tools of these sets.
    pub toolset: Vec<String>,
    /// Only tools that change nothing.
    pub read_only: bool,
}

impl From<ExposedTools> for ToolFilterSpec {
    fn from(tools: ExposedTools) -> Self {
        let ExposedTools { class, module, name, toolset, read_only } = tools;
        Self { classes: class, modules: module, names: name, toolsets: toolset, read_only }
    }
}
