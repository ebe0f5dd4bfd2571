//! Whose account is meant: flags, then `CWPSA_*` variables, then the settings file.
//!
//! ```toml
//! default = "acme"
//!
//! [accounts.acme]
//! region = "na"                 # or base_url = "https://…/v4_6_release/apis/3.0"
//! company_id = "acme"
//! public_key = "…"
//! private_key_env = "ACME_KEY"  # or private_key_file = "…", or private_key = "…", or from the system's keyring:
//! # private_key_command = ["secret-tool", "lookup", "service", "cwpsa", "account", "acme"]
//! client_id = "…"               # or client_id_env, client_id_file, client_id_command
//! tokens_env = ["ACME_TOKEN"]   # who may use the account over HTTP; or tokens = ["…"]
//! approver_tokens_env = ["ADA"] # who approves calls that need it; the variable's name stands in the audit log
//!
//! [accounts.acme.webhooks]      # see [`webhooks`]
//! mcp = true
//!
//! [tools]                       # which tools servers offer, where no flags say it
//! module = ["service", "time"]  # and class, name, toolset, read_only
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use connectwise_psa::runtime::{Client, ClientBuilder, CursorKey, Secret};
use connectwise_psa::{API, Credentials, Server};
use cwpsa_sandbox::command::{self, Arguments, Login};
use serde::Deserialize;

use crate::cli::{Connection, Selection};
use crate::output::Failure;
use crate::secrets::{self, Kept};
use crate::select::Class;
use crate::webhooks;

/// How the sentence about an account begins of which not all is said.
pub const MISSING: &str = "it is not said whose account is meant";

/// The settings file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The account that is meant if none is named.
    pub default: Option<String>,
    /// Which tools servers offer, if flags choose none; read again at SIGHUP.
    #[serde(default)]
    pub tools: Offered,
    /// The accounts by name.
    #[serde(default)]
    pub accounts: BTreeMap<String, Account>,
}

/// Which tools are offered, in the settings file: as the flags of the same names.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Offered {
    pub class: Vec<Class>,
    pub module: Vec<String>,
    pub name: Vec<String>,
    pub toolset: Vec<String>,
    pub read_only: bool,
}

impl Offered {
    /// The same as flags.
    pub fn selection(&self) -> Selection {
        let Self { class, module, name, toolset, read_only: _ } = self;
        Selection {
            class: class.clone(),
            module: module.clone(),
            name: name.clone(),
            toolset: toolset.clone(),
        }
    }

    /// Whether it leaves tools out.
    pub fn is_narrow(&self) -> bool {
        self.selection().is_narrow()
    }
}

/// An account in the settings file.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Account {
    pub region: Option<String>,
    pub base_url: Option<String>,
    pub company_id: Option<String>,
    pub public_key: Option<String>,
    private_key: Option<String>,
    private_key_env: Option<String>,
    private_key_file: Option<PathBuf>,
    #[serde(default)]
    private_key_command: Vec<String>,
    client_id: Option<String>,
    client_id_env: Option<String>,
    client_id_file: Option<PathBuf>,
    #[serde(default)]
    client_id_command: Vec<String>,
    #[serde(default)]
    tokens: Vec<String>,
    #[serde(default)]
    tokens_env: Vec<String>,
    #[serde(default)]
    approver_tokens_env: Vec<String>,
    /// What is done with the account's callbacks.
    pub webhooks: Option<webhooks::Table>,
}

impl Account {
    /// The tokens that give access to the account over HTTP.
    ///
    /// # Errors
    /// A variable that is named and not set.
    pub fn tokens(&self) -> Result<Vec<Secret>, Failure> {
        let mut tokens: Vec<Secret> = self.tokens.iter().map(|token| Secret::from(token.as_str())).collect();
        for name in &self.tokens_env {
            tokens.push(secrets::named_variable(name)?.into());
        }
        Ok(tokens)
    }

    /// The tokens of those who approve the account's calls, each with the name of its variable.
    ///
    /// # Errors
    /// A variable that is named and not set.
    pub fn approvers(&self) -> Result<Vec<(String, Secret)>, Failure> {
        self.approver_tokens_env
            .iter()
            .map(|name| Ok((name.clone(), secrets::named_variable(name)?.into())))
            .collect()
    }
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("company_id", &self.company_id).finish_non_exhaustive()
    }
}

/// An account that can be reached.
#[derive(Clone, Debug)]
pub struct Target {
    /// The API's root.
    pub base_url: String,
    /// Who asks.
    pub credentials: Credentials,
}

impl Target {
    /// What the flags, the environment and the settings file say together.
    ///
    /// # Errors
    /// A sentence that names all that is missing and where to put it.
    pub async fn find(flags: &Connection) -> Result<Self, Failure> {
        if flags.sandbox {
            flags.unused.tell();
            return sandbox().await;
        }
        Said::find(flags)?.target()
    }

    /// A client for the account.
    ///
    /// # Errors
    /// `Configuration` where the address is none.
    pub fn client(&self) -> Result<Client, Failure> {
        Ok(self.builder().build()?)
    }

    /// The same, which waits so long for an answer.
    ///
    /// # Errors
    /// As [`client`](Self::client).
    pub fn client_that_waits(&self, wait: Duration) -> Result<Client, Failure> {
        Ok(self.builder().timeout(wait).build()?)
    }

    /// The same, which signs the cursors of lists with `key`.
    ///
    /// # Errors
    /// As [`client`](Self::client).
    pub fn client_with_cursors(&self, wait: Duration, key: CursorKey) -> Result<Client, Failure> {
        Ok(self.builder().timeout(wait).cursor_key(key).build()?)
    }

    fn builder(&self) -> ClientBuilder {
        Client::builder(&API).base_url(&self.base_url).credentials(self.credentials.clone())
    }
}

/// The account of a sandbox that runs in this process until it ends.
async fn sandbox() -> Result<Target, Failure> {
    let listen = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let arguments = Arguments { listen, ..Arguments::default() };
    let started = command::start(&arguments).await;
    let server = started.map_err(|error| Failure::Usage(format!("the sandbox could not start: {error}")))?;
    let base_url = server.root();
    // It serves as long as it is there, which is as long as this process.
    std::mem::forget(server);
    let Login { company, public, private } = Login::default();
    let credentials = Credentials {
        company_id: company,
        public_key: public,
        private_key: Secret::from(private),
        client_id: Secret::from("sandbox"),
    };
    Ok(Target { base_url, credentials })
}

/// A client that makes requests to look at. What is missing for sending them is no error: without a server it is one
/// of ConnectWise's own, and `true` says so.
///
/// # Errors
/// What is said of the account makes no sense.
pub async fn dry_client(flags: &Connection) -> Result<(Client, bool), Failure> {
    if flags.sandbox {
        return Ok((Target::find(flags).await?.client()?, false));
    }
    let said = Said::find(flags)?;
    let url = said.base_url.clone();
    let client = match said.target() {
        Ok(target) => target.client()?,
        Err(_) => {
            let url = url.as_deref().unwrap_or(Server::Na.base_url());
            Client::builder(&API).base_url(url).build()?
        }
    };
    Ok((client, url.is_none()))
}

/// What the flags, the environment and the settings file say of an account, which may not be all.
struct Said {
    base_url: Option<String>,
    company_id: Option<String>,
    public_key: Option<String>,
    private_key: Option<String>,
    client_id: Option<String>,
}

impl Said {
    fn find(flags: &Connection) -> Result<Self, Failure> {
        let file = read(flags.config.as_deref())?;
        let name = flags.account.clone().or(file.default.clone());
        let empty = Account::default();
        let account = match &name {
            Some(name) => file.accounts.get(name).ok_or_else(|| {
                let known: Vec<&str> = file.accounts.keys().map(String::as_str).collect();
                let known = if known.is_empty() {
                    "it has none".to_owned()
                } else {
                    format!("it has {}", known.join(", "))
                };
                Failure::Usage(format!("there is no account \"{name}\" in the settings file; {known}"))
            })?,
            None => file.accounts.values().next().filter(|_| file.accounts.len() == 1).unwrap_or(&empty),
        };
        let base_url = base_url(flags, account)?;
        let private_key = secrets::find(
            "CWPSA_PRIVATE_KEY",
            flags.private_key_file.as_deref(),
            Kept {
                own: account.private_key.as_deref(),
                variable: account.private_key_env.as_deref(),
                file: account.private_key_file.as_deref(),
                command: &account.private_key_command,
            },
        )?;
        let client_id = secrets::find(
            "CWPSA_CLIENT_ID",
            None,
            Kept {
                own: account.client_id.as_deref(),
                variable: account.client_id_env.as_deref(),
                file: account.client_id_file.as_deref(),
                command: &account.client_id_command,
            },
        )?;
        let company_id = flags.company_id.clone().or(account.company_id.clone());
        let public_key = flags.public_key.clone().or(account.public_key.clone());
        Ok(Self { base_url, company_id, public_key, private_key, client_id })
    }

    /// The account, if nothing is missing.
    fn target(self) -> Result<Target, Failure> {
        let mut missing = Vec::new();
        let mut need = |value: Option<String>, what: &'static str| {
            value.unwrap_or_else(|| {
                missing.push(what);
                String::new()
            })
        };
        let base_url =
            need(self.base_url, "the server (--region or --base-url, CWPSA_REGION or CWPSA_BASE_URL)");
        let company_id = need(self.company_id, "the company id (--company-id, CWPSA_COMPANY_ID)");
        let public_key = need(self.public_key, "the public key (--public-key, CWPSA_PUBLIC_KEY)");
        let private_key = need(self.private_key, "the private key (--private-key-file, CWPSA_PRIVATE_KEY)");
        let client_id = need(self.client_id, "the client id (CWPSA_CLIENT_ID)");
        if !missing.is_empty() {
            return Err(Failure::Usage(format!(
                "{MISSING}. Missing:\n  {}\nA settings file can hold them too; --sandbox needs none.",
                missing.join("\n  ")
            )));
        }
        let credentials = Credentials {
            company_id,
            public_key,
            private_key: Secret::from(private_key.as_str()),
            client_id: Secret::from(client_id.as_str()),
        };
        Ok(Target { base_url, credentials })
    }
}

fn base_url(flags: &Connection, account: &Account) -> Result<Option<String>, Failure> {
    let of_region = |region: &str| {
        let found = Server::ALL.iter().find(|(name, _)| *name == region);
        found.map(|(_, server)| server.base_url().to_owned()).ok_or_else(|| {
            let known: Vec<&str> = Server::ALL.iter().map(|(name, _)| *name).collect();
            Failure::Usage(format!("there is no region \"{region}\"; there are {}", known.join(", ")))
        })
    };
    match (&flags.base_url, &flags.region, &account.base_url, &account.region) {
        (Some(url), ..) | (None, None, Some(url), _) => Ok(Some(url.clone())),
        (None, Some(region), ..) | (None, None, None, Some(region)) => of_region(region).map(Some),
        (None, None, None, None) => Ok(None),
    }
}

/// Reads the settings file; one at the usual place need not exist.
///
/// # Errors
/// A sentence with the file's name and the place in it.
pub fn read(path: Option<&Path>) -> Result<File, Failure> {
    let usual = || {
        let home = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).or_else(|| {
            std::env::var_os("HOME")
                .or_else(|| std::env::var_os("USERPROFILE"))
                .map(|home| Path::new(&home).join(".config"))
        })?;
        Some(home.join("cwpsa/config.toml")).filter(|path| path.exists())
    };
    let Some(path) = path.map(Path::to_owned).or_else(usual) else { return Ok(File::default()) };
    let text = std::fs::read_to_string(&path)
        .map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))?;
    let file: File = parse(&path, &text)?;
    let holds = |account: &Account| account.private_key.is_some() || !account.tokens.is_empty();
    if file.accounts.values().any(holds) {
        secrets::warn(&path);
    }
    Ok(file)
}

fn parse(path: &Path, text: &str) -> Result<File, Failure> {
    // The parser shows the line and the value, which may be a secret: only the place is told.
    toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| text[..span.start].lines().count().max(1));
        let message = match error.message() {
            message if message.starts_with("invalid type") => "the value is of the wrong type",
            message => message,
        };
        Failure::Usage(format!("{} line {line}: {message}", path.display()))
    })
}
