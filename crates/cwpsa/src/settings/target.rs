//! Determines the account to use for calls: its base URL and credentials.

use std::time::Duration;

use connectwise_psa::runtime::{Client, ClientBuilder, CursorKey, HostArguments, Secret};
use connectwise_psa::{API, Credentials, Server};
use cwpsa_sandbox::command::{self, SandboxArguments, SandboxLogin};
use cwpsa_sandbox::fault_injection::FaultSyntaxError;

use super::account::AccountTable;
use super::error::SettingsError;
use super::loader::Settings;
use super::values::SettingValues;
use crate::error::CliError;
use crate::secret_source;

/// A reachable account.
#[derive(Clone, Debug)]
pub struct Target {
    /// The API's base URL.
    pub base_url: String,
    /// The credentials.
    pub credentials: Credentials,
    /// The arguments that are ignored because agent hosts add them to every call.
    pub host_arguments: HostArguments,
}

impl Target {
    /// Resolves the configured account, or starts the sandbox.
    ///
    /// # Errors
    /// Returns an error if something is missing or invalid, or if the sandbox can't start.
    pub async fn resolve(settings: &Settings) -> Result<Self, CliError> {
        if settings.values.sandbox {
            return start_sandbox(&settings.values).await;
        }
        Ok(PartialTarget::resolve(settings)?.complete()?)
    }

    /// Returns a client for the account.
    ///
    /// # Errors
    /// Returns `Configuration` if the base URL is invalid.
    pub fn client(&self) -> Result<Client, CliError> {
        Ok(self.builder().build()?)
    }

    /// Returns a client that waits for responses until `timeout`.
    ///
    /// # Errors
    /// Returns the same errors as [`client`](Self::client).
    pub fn client_with_timeout(&self, timeout: Duration) -> Result<Client, CliError> {
        Ok(self.builder().timeout(timeout).build()?)
    }

    /// Returns a client that also signs list cursors with `key`.
    ///
    /// # Errors
    /// Returns the same errors as [`client`](Self::client).
    pub fn client_with_cursors(&self, timeout: Duration, key: CursorKey) -> Result<Client, CliError> {
        Ok(self.builder().timeout(timeout).cursor_key(key).build()?)
    }

    fn builder(&self) -> ClientBuilder {
        Client::builder(&API)
            .base_url(&self.base_url)
            .credentials(self.credentials.clone())
            .host_arguments(self.host_arguments.clone())
    }
}

/// Starts a sandbox that runs until the process exits, and returns its account.
async fn start_sandbox(values: &SettingValues) -> Result<Target, CliError> {
    let listen = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let invalid = |name: &str, error: FaultSyntaxError| CliError::Usage(format!("{name}: {error}"));
    let rules = values.sandbox_fault.iter().map(|rule| rule.parse()).collect::<Result<_, _>>();
    let budget = values.sandbox_budget.as_ref().map(|budget| budget.parse()).transpose();
    let arguments = SandboxArguments {
        listen,
        rules: rules.map_err(|error| invalid("sandbox_fault", error))?,
        budget: budget.map_err(|error| invalid("sandbox_budget", error))?,
        ..SandboxArguments::default()
    };
    let started = command::start(&arguments).await;
    let server = started.map_err(|error| CliError::Local(format!("can't start the sandbox: {error}")))?;
    let base_url = server.base_url();
    // Dropping it would stop it.
    std::mem::forget(server);
    let SandboxLogin { company, public, private } = SandboxLogin::default();
    let credentials = Credentials {
        company_id: company,
        public_key: public,
        private_key: Secret::from(private),
        client_id: Secret::from("sandbox"),
    };
    Ok(Target { base_url, credentials, host_arguments: values.host_arguments() })
}

/// Returns a client that prepares requests for inspection, and whether its server is only an example. Parts of the
/// account that are needed only for sending may be missing; without a server, one of ConnectWise's own is used.
///
/// # Errors
/// Returns an error if a setting is invalid.
pub async fn client_for_dry_run(settings: &Settings) -> Result<(Client, bool), CliError> {
    if settings.values.sandbox {
        return Ok((Target::resolve(settings).await?.client()?, false));
    }
    let partial = PartialTarget::resolve(settings)?;
    let base_url = partial.base_url.clone();
    let client = match partial.complete() {
        Ok(target) => target.client()?,
        Err(_) => {
            let base_url = base_url.as_deref().unwrap_or(Server::Na.base_url());
            Client::builder(&API).base_url(base_url).build()?
        }
    };
    Ok((client, base_url.is_none()))
}

/// An account with possibly incomplete settings.
struct PartialTarget {
    base_url: Option<String>,
    company_id: Option<String>,
    public_key: Option<String>,
    private_key: Option<String>,
    client_id: Option<String>,
    host_arguments: HostArguments,
}

impl PartialTarget {
    fn resolve(settings: &Settings) -> Result<Self, SettingsError> {
        let values = &settings.values;
        let empty = AccountTable::default();
        let account = match values.account.as_ref().or(values.default.as_ref()) {
            Some(name) => values.accounts.get(name).ok_or_else(|| SettingsError::UnknownAccount {
                name: name.clone(),
                known: values.accounts.keys().cloned().collect(),
            })?,
            // A single account doesn't need a name.
            None => values.accounts.values().next().filter(|_| values.accounts.len() == 1).unwrap_or(&empty),
        };
        let private_key = secret_source::find(
            &settings.environment,
            "CWPSA_PRIVATE_KEY",
            values.private_key_file.as_deref(),
            account.private_key(),
        )?;
        let client_id =
            secret_source::find(&settings.environment, "CWPSA_CLIENT_ID", None, account.client_id())?;
        Ok(Self {
            base_url: base_url(values, account)?,
            company_id: values.company_id.clone().or(account.company_id.clone()),
            public_key: values.public_key.clone().or(account.public_key.clone()),
            private_key,
            client_id,
            host_arguments: values.host_arguments(),
        })
    }

    /// Returns the account, if nothing is missing.
    fn complete(self) -> Result<Target, SettingsError> {
        let mut missing = Vec::new();
        let mut require = |value: Option<String>, what: &'static str| {
            value.unwrap_or_else(|| {
                missing.push(what);
                String::new()
            })
        };
        let base_url =
            require(self.base_url, "server (--region or --base-url, CWPSA_REGION or CWPSA_BASE_URL)");
        let company_id = require(self.company_id, "company ID (--company-id or CWPSA_COMPANY_ID)");
        let public_key = require(self.public_key, "public key (--public-key or CWPSA_PUBLIC_KEY)");
        let private_key = require(self.private_key, "private key (--private-key-file or CWPSA_PRIVATE_KEY)");
        let client_id = require(self.client_id, "client ID (CWPSA_CLIENT_ID)");
        if !missing.is_empty() {
            return Err(SettingsError::Incomplete { missing });
        }
        let credentials = Credentials {
            company_id,
            public_key,
            private_key: Secret::from(private_key.as_str()),
            client_id: Secret::from(client_id.as_str()),
        };
        Ok(Target { base_url, credentials, host_arguments: self.host_arguments })
    }
}

fn base_url(values: &SettingValues, account: &AccountTable) -> Result<Option<String>, SettingsError> {
    let of_region = |region: &str| {
        let server = Server::ALL.iter().find(|(name, _)| *name == region);
        server.map(|(_, server)| server.base_url().to_owned()).ok_or_else(|| SettingsError::UnknownRegion {
            region: region.to_owned(),
            known: Server::ALL.iter().map(|(name, _)| *name).collect(),
        })
    };
    match (&values.base_url, &values.region, &account.base_url, &account.region) {
        (Some(url), ..) | (None, None, Some(url), _) => Ok(Some(url.clone())),
        (None, Some(region), ..) | (None, None, None, Some(region)) => of_region(region).map(Some),
        (None, None, None, None) => Ok(None),
    }
}
