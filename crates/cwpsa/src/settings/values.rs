//! The values of all settings, whether set by flags, environment variables or the settings file.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU64;
use std::path::PathBuf;
use std::time::Duration;

use connectwise_psa::runtime::{HostArguments, Secret};
use serde::{Deserialize, Deserializer};
use toolcrate_executor::{ToolClass, ToolFilterSpec};

use super::account::AccountTable;

/// All settings. The field names are also the keys in the settings file, and determine the names of the flags and the
/// `CWPSA_*` variables.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SettingValues {
    /// True if a sandbox in the process is used instead of an account.
    pub sandbox: bool,
    /// The sandbox's faults.
    pub sandbox_fault: Vec<String>,
    /// The sandbox's request budget.
    pub sandbox_budget: Option<String>,
    /// The name of the account to use.
    pub account: Option<String>,
    /// The account to use if none is specified.
    pub default: Option<String>,
    /// The API's base URL.
    pub base_url: Option<String>,
    /// The ConnectWise cloud region.
    pub region: Option<String>,
    /// The company ID typed at login.
    pub company_id: Option<String>,
    /// The public key of an API member.
    pub public_key: Option<String>,
    /// A file that contains the private key.
    pub private_key_file: Option<PathBuf>,
    /// The address that `cwpsa serve` listens on.
    pub listen: SocketAddr,
    /// Where state is persisted.
    #[serde(deserialize_with = "secret")]
    pub state: Option<Secret>,
    /// Additional host names to accept.
    pub allow_host: Vec<String>,
    /// The audit log file.
    pub audit: Option<PathBuf>,
    /// The tools whose calls require approval.
    pub approve: Vec<String>,
    /// True if schemas show the account's custom fields.
    pub custom_fields: bool,
    /// Maximum number of rows in a response.
    pub max_rows: usize,
    /// Maximum size of a response in bytes.
    pub max_bytes: Option<usize>,
    /// Timeout for the API's response, in seconds. Servers and `cwpsa call` have different defaults.
    pub upstream_timeout: Option<NonZeroU64>,
    /// Time for in-flight calls to finish after a shutdown signal, in seconds.
    pub grace: u64,
    /// A program that receives events.
    pub webhook_command: Option<String>,
    /// A URL to which events are posted.
    pub webhook_post: Option<String>,
    /// A file that contains the secret for signing posted events.
    pub webhook_secret_file: Option<PathBuf>,
    /// True if MCP sessions are notified of events.
    pub webhook_mcp: bool,
    /// Names of arguments that are ignored because agent hosts add them. By default, these are the arguments added by
    /// known hosts.
    pub host_arguments: Option<Vec<String>>,
    /// The tools that servers expose if no flag selects any. Reloaded on SIGHUP.
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
    /// Returns the timeout for the API's response, or `default` if it isn't set.
    pub fn upstream_timeout_or(&self, default: Duration) -> Duration {
        self.upstream_timeout.map_or(default, |seconds| Duration::from_secs(seconds.get()))
    }

    /// Returns the arguments that are ignored because agent hosts add them.
    pub fn host_arguments(&self) -> HostArguments {
        self.host_arguments.as_ref().map_or_else(HostArguments::default, HostArguments::new)
    }
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Secret>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.map(Secret::from))
}

/// The exposed tools in the settings file, like the flags with the same names.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExposedTools {
    /// Only tools in these classes.
    pub class: Vec<ToolClass>,
    /// Only tools in these modules.
    pub module: Vec<String>,
    /// Only tools whose name matches one of these patterns.
    pub name: Vec<String>,
    /// Only tools in these toolsets.
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
