//! An account in the settings file.

use std::path::PathBuf;

use connectwise_psa::runtime::Secret;
use serde::Deserialize;

use crate::environment::Environment;
use crate::secret_source::{self, SecretError, SecretLocations};
use crate::webhooks::table::WebhookTable;

/// An account in the settings file.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountTable {
    /// The ConnectWise cloud region.
    pub region: Option<String>,
    /// The API's base URL.
    pub base_url: Option<String>,
    /// The company ID typed at login.
    pub company_id: Option<String>,
    /// The public key of an API member.
    pub public_key: Option<String>,
    pub(super) private_key: Option<String>,
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
    pub(super) tokens: Vec<String>,
    #[serde(default)]
    tokens_env: Vec<String>,
    #[serde(default)]
    approver_tokens_env: Vec<String>,
    /// The account's webhooks.
    pub webhooks: Option<WebhookTable>,
}

impl AccountTable {
    /// Returns the locations of the private key.
    pub(super) fn private_key(&self) -> SecretLocations<'_> {
        SecretLocations {
            inline: self.private_key.as_deref(),
            variable: self.private_key_env.as_deref(),
            file: self.private_key_file.as_deref(),
            command: &self.private_key_command,
        }
    }

    /// Returns the locations of the client ID.
    pub(super) fn client_id(&self) -> SecretLocations<'_> {
        SecretLocations {
            inline: self.client_id.as_deref(),
            variable: self.client_id_env.as_deref(),
            file: self.client_id_file.as_deref(),
            command: &self.client_id_command,
        }
    }

    /// Returns true if the settings file itself contains secrets of the account.
    pub(super) fn contains_secrets(&self) -> bool {
        self.private_key.is_some() || !self.tokens.is_empty()
    }

    /// Returns the tokens that grant access to the account over HTTP.
    ///
    /// # Errors
    /// Returns an error if a specified variable isn't set.
    pub fn tokens(&self, environment: &Environment) -> Result<Vec<Secret>, SecretError> {
        let mut tokens: Vec<Secret> = self.tokens.iter().map(|token| Secret::from(token.as_str())).collect();
        for name in &self.tokens_env {
            tokens.push(secret_source::named_variable(environment, name)?.into());
        }
        Ok(tokens)
    }

    /// Returns the tokens of the account's approvers, each with the name of its variable.
    ///
    /// # Errors
    /// Returns an error if a specified variable isn't set.
    pub fn approvers(&self, environment: &Environment) -> Result<Vec<(String, Secret)>, SecretError> {
        self.approver_tokens_env
            .iter()
            .map(|name| Ok((name.clone(), secret_source::named_variable(environment, name)?.into())))
            .collect()
    }
}

impl std::fmt::Debug for AccountTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccountTable").field("company_id", &self.company_id).finish_non_exhaustive()
    }
}
