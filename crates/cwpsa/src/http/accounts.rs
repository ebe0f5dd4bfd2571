//! Creates the accounts that the settings describe.

use std::sync::Arc;

use connectwise_psa::runtime::Secret;
use toolcrate_executor::{ExecutionContext, ToolExecutor, ToolFilter};
use toolcrate_http::{AccountError, AccountRegistry, HttpAccount};
use toolcrate_store::SharedStore;

use super::signing::SigningSecret;
use crate::config_watch::ConfigWatch;
use crate::error::CliError;
use crate::settings::{Settings, Target};
use crate::webhooks::{AccountWebhooks, WebhookMetrics, WebhookPlan, WebhookTable, Webhooks};

/// The variable with the tokens that grant access to any account.
const TOKEN_VARIABLE: &str = "CWPSA_TOKEN";
/// The variable with the token for approving calls of any account.
const APPROVER_VARIABLE: &str = "CWPSA_APPROVER_TOKEN";

/// The accounts in the settings.
pub(crate) struct ConfiguredAccounts(Vec<ConfiguredAccount>);

struct ConfiguredAccount {
    id: String,
    target: Target,
    tokens: Vec<Secret>,
    /// The people who approve its calls, by name.
    approvers: Vec<(String, Secret)>,
    webhooks: Option<WebhookTable>,
}

impl ConfiguredAccounts {
    /// Resolves all accounts in the settings file, or the one configured by flags and variables.
    ///
    /// # Errors
    /// Returns an error if a setting is missing or invalid.
    pub(crate) async fn resolve(settings: &Settings) -> Result<Self, CliError> {
        let Settings { values, environment } = settings;
        let shared_tokens: Vec<Secret> =
            environment.get(TOKEN_VARIABLE).into_iter().map(Secret::from).collect();
        let shared_approvers: Vec<(String, Secret)> = environment
            .get(APPROVER_VARIABLE)
            .into_iter()
            .map(|token| (APPROVER_VARIABLE.to_owned(), Secret::from(token)))
            .collect();
        if values.sandbox {
            let target = Target::resolve(settings).await?;
            let id = target.credentials.company_id.clone();
            let (tokens, approvers) = (shared_tokens, shared_approvers);
            return Ok(Self(vec![ConfiguredAccount { id, target, tokens, approvers, webhooks: None }]));
        }
        let names: Vec<Option<String>> = match (&values.account, values.accounts.is_empty()) {
            (None, false) => values.accounts.keys().cloned().map(Some).collect(),
            (name, _) => vec![name.clone()],
        };
        let mut accounts = Vec::new();
        for name in names {
            let target = Target::resolve(&settings.with_account(name.clone())).await?;
            let (mut tokens, mut approvers) = (shared_tokens.clone(), shared_approvers.clone());
            let table = name.as_ref().and_then(|name| values.accounts.get(name));
            if let Some(table) = table {
                tokens.extend(table.tokens(environment)?);
                approvers.extend(table.approvers(environment)?);
            }
            let id = name.unwrap_or_else(|| target.credentials.company_id.clone());
            let webhooks = table.and_then(|table| table.webhooks.clone());
            accounts.push(ConfiguredAccount { id, target, tokens, approvers, webhooks });
        }
        Ok(Self(accounts))
    }

    /// Creates the registry of served accounts. `custom_fields` determines whether schemas show accounts' custom
    /// fields.
    ///
    /// # Errors
    /// Returns an error if an account's base URL is invalid, or if a token both grants access and approves calls.
    pub(crate) fn registry(
        &self,
        filter: &ToolFilter,
        context: &Arc<ExecutionContext>,
        secret: &SigningSecret,
        custom_fields: Option<&ConfigWatch>,
    ) -> Result<AccountRegistry, CliError> {
        let account = |account: &ConfiguredAccount| {
            let ConfiguredAccount { id, target, tokens, approvers, webhooks: _ } = account;
            let timeout = context.limits.upstream_timeout;
            let client = target.client_with_cursors(timeout, secret.cursor_key(id))?;
            let mut executor = ToolExecutor::new(id, client, filter.clone(), Arc::clone(context));
            if let Some(watch) = custom_fields {
                executor = executor.with_custom_fields(watch.notifier());
            }
            let account = HttpAccount::new(executor, tokens.clone(), approvers.clone());
            let account = account.map_err(|error: AccountError| CliError::Usage(error.to_string()))?;
            Ok((id.clone(), account))
        };
        let accounts = self.0.iter().map(account).collect::<Result<Vec<_>, CliError>>()?;
        AccountRegistry::new(accounts).map_err(|error| CliError::Usage(error.to_string()))
    }

    /// Creates the webhooks of all accounts that have any, from their tables or from flags.
    ///
    /// # Errors
    /// Returns an error if they are invalid, or if there are several accounts and webhook flags, which don't specify
    /// an account.
    pub(crate) fn webhooks(
        &self,
        settings: &Settings,
        store: &SharedStore,
        metrics: &WebhookMetrics,
    ) -> Result<Webhooks, CliError> {
        let values = &settings.values;
        let has_flags =
            values.webhook_command.is_some() || values.webhook_post.is_some() || values.webhook_mcp;
        if has_flags && self.0.len() > 1 {
            return Err(CliError::Usage(
                "--webhook-command, --webhook-post and --webhook-mcp apply to one account; select it with --account, or \
                 give each its table in the settings file: [accounts.NAME.webhooks]"
                    .to_owned(),
            ));
        }
        let mut hooks = Webhooks::new(metrics.clone());
        for ConfiguredAccount { id, target, webhooks, .. } in &self.0 {
            let with_account = |error| match error {
                CliError::Usage(text) => CliError::Usage(format!("account {id}: {text}")),
                other => other,
            };
            if let Some(plan) = WebhookPlan::new(settings, webhooks.as_ref()).map_err(with_account)? {
                let hook = AccountWebhooks::new(id, target, &plan, store, metrics);
                hooks.add(hook.map_err(with_account)?);
            }
        }
        Ok(hooks)
    }
}
