//! Reads settings from flags, `CWPSA_*` environment variables and the settings file, in this order of precedence.
//!
//! ```toml
//! default = "acme"
//! max_rows = 500                # any setting that has a flag of `cwpsa serve`
//! host_arguments = ["sessionId"] # ignored in every call, instead of the arguments that known agent hosts add
//!
//! [accounts.acme]
//! region = "na"                 # or base_url = "https://…/v4_6_release/apis/3.0"
//! company_id = "acme"
//! public_key = "…"
//! private_key_env = "ACME_KEY"  # or private_key_file = "…", or private_key = "…", or from the system's keyring:
//! # private_key_command = ["secret-tool", "lookup", "service", "cwpsa", "account", "acme"]
//! client_id = "…"               # or client_id_env, client_id_file, client_id_command
//! tokens_env = ["ACME_TOKEN"]   # who may use the account over HTTP; or tokens = ["…"]
//! approver_tokens_env = ["ADA"] # who approves calls that need it; the audit log contains the variable's name
//!
//! [accounts.acme.webhooks]      # see `webhooks`
//! mcp = true
//!
//! [tools]                       # the tools that servers expose, unless flags select tools
//! module = ["service", "time"]  # and class, name, toolset, read_only
//! ```

mod account;
pub(crate) mod error;
mod layers;
mod loader;
mod target;
mod values;

pub use account::AccountTable;
pub use error::SettingsError;
pub use layers::SettingsLayer;
pub use loader::{Settings, SettingsLoader};
pub use target::{Target, client_for_dry_run};
pub use values::{ExposedTools, SettingValues};
