//! Whose tools these are: accounts by id, each with tokens of its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use connectwise_psa::runtime::Secret;
use subtle::ConstantTimeEq;

use toolcrate_executor::{ExecutionContext, Principal, ToolExecutor, ToolFilter};
use toolcrate_store::SharedStore;

use super::failure;
use super::signing::SigningSecret;
use crate::config_watch::ConfigWatch;
use crate::error::CliError;
use crate::settings::{Settings, Target};
use crate::webhooks::{self, AccountWebhooks, WebhookPlan, Webhooks};

/// The variable with the token of whoever approves calls of any account.
const APPROVER: &str = "CWPSA_APPROVER_TOKEN";

/// The accounts that are served.
pub struct Accounts(BTreeMap<String, Account>);

/// One of them.
pub struct Account {
    /// Runs its tools.
    pub runner: ToolExecutor,
    /// Any of them gives access; none means that whoever can reach the server may.
    tokens: Vec<Secret>,
    /// Those who approve its calls, by name.
    approvers: Vec<(String, Secret)>,
    target: Target,
    webhooks: Option<webhooks::WebhookTable>,
    /// How many requests the API allows it.
    pub limit: failure::LastLimit,
}

impl Accounts {
    /// All accounts of the settings file, or the one that flags and variables name.
    ///
    /// # Errors
    /// What is missing.
    pub async fn read(
        settings: &Settings,
        selection: &ToolFilter,
        watch: &Arc<ExecutionContext>,
        secret: &SigningSecret,
    ) -> Result<Self, CliError> {
        let Settings { values, environment } = settings;
        let shared_tokens: Vec<Secret> =
            environment.get("CWPSA_TOKEN").into_iter().map(Secret::from).collect();
        let shared_approvers: Vec<(String, Secret)> = environment
            .get(APPROVER)
            .into_iter()
            .map(|token| (APPROVER.to_owned(), Secret::from(token)))
            .collect();
        let mut accounts = BTreeMap::new();
        let named: Vec<Option<String>> = match (&values.account, values.accounts.is_empty()) {
            (None, false) => values.accounts.keys().cloned().map(Some).collect(),
            (name, _) => vec![name.clone()],
        };
        let runner = |id: &str, target: &Target| -> Result<ToolExecutor, CliError> {
            let client = target.client_with_cursors(watch.limits.upstream_timeout, secret.cursor_key(id))?;
            Ok(ToolExecutor::new(id, client, selection.clone(), Arc::clone(watch)))
        };
        if values.sandbox {
            let target = Target::resolve(settings).await?;
            let id = target.credentials.company_id.clone();
            let runner = runner(&id, &target)?;
            let account = Account::new(runner, target, shared_tokens, shared_approvers)?;
            return Ok(Self(BTreeMap::from([(id, account)])));
        }
        for name in named {
            let target = Target::resolve(&settings.with_account(name.clone())).await?;
            let (mut tokens, mut approvers) = (shared_tokens.clone(), shared_approvers.clone());
            let table = name.as_ref().and_then(|name| values.accounts.get(name));
            if let Some(account) = table {
                tokens.extend(account.tokens(environment)?);
                approvers.extend(account.approvers(environment)?);
            }
            let id = name.unwrap_or_else(|| target.credentials.company_id.clone());
            let runner = runner(&id, &target)?;
            let webhooks = table.and_then(|account| account.webhooks.clone());
            let account = Account { webhooks, ..Account::new(runner, target, tokens, approvers)? };
            accounts.insert(id, account);
        }
        Ok(Self(accounts))
    }

    /// Has the accounts' own fields shown in schemas, if `wanted`.
    pub fn show_custom_fields(&mut self, wanted: bool, reload: &ConfigWatch) {
        for account in self.0.values_mut().filter(|_| wanted) {
            account.runner = account.runner.clone().with_custom_fields(reload.notifier());
        }
    }

    /// The webhooks of all accounts that have some, by their tables or by flags.
    ///
    /// # Errors
    /// What is wrong with them. Flags do not say whose events they mean, so there must be one account alone.
    pub fn webhooks(
        &self,
        settings: &Settings,
        store: &SharedStore,
        counts: &webhooks::WebhookMetrics,
    ) -> Result<Webhooks, CliError> {
        let values = &settings.values;
        let has_flags =
            values.webhook_command.is_some() || values.webhook_post.is_some() || values.webhook_mcp;
        if has_flags && self.0.len() > 1 {
            return Err(CliError::Usage(
                "--webhook-command, --webhook-post and --webhook-mcp are for one account; name it with --account, or \
                 give each its table in the settings file: [accounts.NAME.webhooks]"
                    .to_owned(),
            ));
        }
        let mut hooks = Webhooks::new(counts.clone());
        for (id, account) in &self.0 {
            let named = |failure| match failure {
                CliError::Usage(text) => CliError::Usage(format!("account {id}: {text}")),
                other => other,
            };
            if let Some(plan) = WebhookPlan::new(settings, account.webhooks.as_ref()).map_err(named)? {
                hooks.add(AccountWebhooks::new(id, &account.target, &plan, store, counts).map_err(named)?);
            }
        }
        Ok(hooks)
    }

    /// Whether there is anyone who approves calls.
    pub fn have_approvers(&self) -> bool {
        self.0.values().any(|account| !account.approvers.is_empty())
    }

    /// Whether the request's token is an approver's.
    pub fn is_approver(&self, headers: &HeaderMap) -> bool {
        self.0.keys().any(|id| self.approver(id, headers).is_some())
    }

    /// The name of the approver of the account `id` whose token the request has.
    pub fn approver(&self, id: &str, headers: &HeaderMap) -> Option<&str> {
        let given = bearer(headers)?;
        let approvers = &self.0.get(id)?.approvers;
        // All are compared, each in a time that tells nothing.
        approvers
            .iter()
            .fold(None, |found, (name, token)| if same(token, given) { Some(name) } else { found })
    }

    /// Whether each account asks for a token.
    pub fn all_have_tokens(&self) -> bool {
        self.0.values().all(|account| !account.tokens.is_empty())
    }

    /// All of them, by id.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Account)> {
        self.0.iter().map(|(id, account)| (id.as_str(), account))
    }

    /// The account `id`, if the request's token is one of its own. Without an id, the only one that the token opens.
    pub fn open(&self, id: Option<&str>, headers: &HeaderMap) -> Result<(&str, &Account), Box<Response>> {
        let given = bearer(headers);
        let mut opened = self
            .0
            .iter()
            .filter(|(name, account)| id.is_none_or(|id| id == name.as_str()) && account.opens_to(given));
        match (opened.next(), opened.next()) {
            (Some((name, account)), None) => {
                tracing::Span::current().record("account", name.as_str());
                Ok((name, account))
            }
            (Some(_), Some(_)) => Err(Box::new(failure::bad_request(
                "say which account is meant: integrated_account_id is missing",
            ))),
            (None, _) if self.0.values().all(|account| account.tokens.is_empty()) => {
                let names: Vec<&str> = self.0.keys().map(String::as_str).collect();
                let message = format!(
                    "there is no account {}; there are: {}",
                    id.unwrap_or_default(),
                    names.join(", ")
                );
                Err(Box::new(failure::plain(StatusCode::NOT_FOUND, &message)))
            }
            // An account that does not exist and one that the token does not open look alike.
            (None, _) => Err(Box::new(failure::unauthorized())),
        }
    }

    /// Whether the request's token opens any account.
    pub fn open_any(&self, headers: &HeaderMap) -> Result<(), Box<Response>> {
        let given = bearer(headers);
        let opens = self.0.values().fold(false, |found, account| found | account.opens_to(given));
        if opens { Ok(()) } else { Err(Box::new(failure::unauthorized())) }
    }

    /// The account `id`, for a caller who has shown the right to it in another way.
    pub fn get(&self, id: &str) -> Option<&Account> {
        self.0.get(id)
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let given = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = given.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_start_matches(' '))
}

impl Account {
    /// Whether the request's token is one of its own.
    pub fn opens(&self, headers: &HeaderMap) -> bool {
        self.opens_to(bearer(headers))
    }

    /// Who sent a request that the account is open to.
    pub fn by(&self, way: &'static str, headers: &HeaderMap) -> Principal {
        match bearer(headers) {
            Some(token) if !self.tokens.is_empty() => Principal::with_token(way, token),
            _ => Principal::anonymous(way),
        }
    }

    fn opens_to(&self, given: Option<&str>) -> bool {
        if self.tokens.is_empty() {
            return true;
        }
        let Some(given) = given else { return false };
        // All are compared, each in a time that tells nothing.
        self.tokens.iter().fold(false, |found, token| found | same(token, given))
    }

    fn new(
        runner: ToolExecutor,
        target: Target,
        tokens: Vec<Secret>,
        approvers: Vec<(String, Secret)>,
    ) -> Result<Self, CliError> {
        let both =
            approvers.iter().find(|(_, approver)| tokens.iter().any(|token| same(token, approver.expose())));
        if let Some((name, _)) = both {
            return Err(CliError::Usage(format!(
                "the token of the approver {name} also gives access to the account: whoever makes a call must not be able to approve it"
            )));
        }
        let runner = runner.with_approvers(!approvers.is_empty());
        Ok(Self { runner, tokens, approvers, target, webhooks: None, limit: failure::LastLimit::default() })
    }
}

fn same(token: &Secret, given: &str) -> bool {
    token.expose().as_bytes().ct_eq(given.as_bytes()).into()
}
