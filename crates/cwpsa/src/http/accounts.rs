//! Whose tools these are: accounts by id, each with tokens of its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use connectwise_psa::runtime::Secret;
use subtle::ConstantTimeEq;

use super::failure;
use super::signing::SigningSecret;
use crate::audit::By;
use crate::cli::Connection;
use crate::output::Failure;
use crate::reload::Reload;
use crate::run::{Runner, Watch};
use crate::select::Selection;
use crate::settings::{self, Target};
use crate::store;
use crate::webhooks::{self, Hook, Hooks, Plan};

/// The variable with the token of whoever approves calls of any account.
const APPROVER: &str = "CWPSA_APPROVER_TOKEN";

/// The accounts that are served.
pub struct Accounts(BTreeMap<String, Account>);

/// One of them.
pub struct Account {
    /// Runs its tools.
    pub runner: Runner,
    /// Any of them gives access; none means that whoever can reach the server may.
    tokens: Vec<Secret>,
    /// Those who approve its calls, by name.
    approvers: Vec<(String, Secret)>,
    target: Target,
    webhooks: Option<webhooks::Table>,
    /// How many requests the API allows it.
    pub limit: failure::LastLimit,
}

impl Accounts {
    /// All accounts of the settings file, or the one that flags and variables name.
    ///
    /// # Errors
    /// What is missing.
    pub async fn read(
        flags: &Connection,
        selection: &Selection,
        watch: &Arc<Watch>,
        secret: &SigningSecret,
    ) -> Result<Self, Failure> {
        let file = settings::read(flags.config.as_deref())?;
        let of_environment: Vec<Secret> = std::env::var("CWPSA_TOKEN")
            .into_iter()
            .filter(|token| !token.is_empty())
            .map(Secret::from)
            .collect();
        let of_approver = std::env::var(APPROVER).ok().filter(|token| !token.is_empty());
        let approvers: Vec<(String, Secret)> =
            of_approver.into_iter().map(|token| (APPROVER.to_owned(), Secret::from(token))).collect();
        let mut accounts = BTreeMap::new();
        let named: Vec<Option<String>> = match (&flags.account, file.accounts.is_empty()) {
            (None, false) => file.accounts.keys().cloned().map(Some).collect(),
            (name, _) => vec![name.clone()],
        };
        let runner = |id: &str, target: &Target| -> Result<Runner, Failure> {
            let client = target.client_with_cursors(watch.limits.wait, secret.cursor_key(id))?;
            Ok(Runner::new(id, client, selection.clone(), Arc::clone(watch)))
        };
        if flags.sandbox {
            let target = Target::find(flags).await?;
            let id = target.credentials.company_id.clone();
            let runner = runner(&id, &target)?;
            let account = Account::new(runner, target, of_environment, approvers)?;
            return Ok(Self(BTreeMap::from([(id, account)])));
        }
        for name in named {
            let flags = Connection { account: name.clone(), ..flags.clone() };
            let target = Target::find(&flags).await?;
            let (mut tokens, mut approvers) = (of_environment.clone(), approvers.clone());
            let table = name.as_ref().and_then(|name| file.accounts.get(name));
            if let Some(account) = table {
                tokens.extend(account.tokens()?);
                approvers.extend(account.approvers()?);
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
    pub fn show_custom_fields(&mut self, wanted: bool, reload: &Reload) {
        for account in self.0.values_mut() {
            account.runner = account.runner.clone().with_custom_fields(wanted, reload);
        }
    }

    /// The webhooks of all accounts that have some, by their tables or by flags.
    ///
    /// # Errors
    /// What is wrong with them. Flags do not say whose events they mean, so there must be one account alone.
    pub fn webhooks(
        &self,
        flags: &webhooks::Flags,
        store: &store::Shared,
        counts: &webhooks::Counts,
    ) -> Result<Hooks, Failure> {
        if !flags.is_empty() && self.0.len() > 1 {
            return Err(Failure::Usage(
                "--webhook-command, --webhook-post and --webhook-mcp are for one account; name it with --account, or \
                 give each its table in the settings file: [accounts.NAME.webhooks]"
                    .to_owned(),
            ));
        }
        let mut hooks = Hooks::new(counts.clone());
        for (id, account) in &self.0 {
            let named = |failure| match failure {
                Failure::Usage(text) => Failure::Usage(format!("account {id}: {text}")),
                other => other,
            };
            if let Some(plan) = Plan::new(flags, account.webhooks.as_ref()).map_err(named)? {
                hooks.add(Hook::new(id, &account.target, &plan, store, counts).map_err(named)?);
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
    pub fn by(&self, way: &'static str, headers: &HeaderMap) -> By {
        match bearer(headers) {
            Some(token) if !self.tokens.is_empty() => By::token(way, token),
            _ => By::way(way),
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
        runner: Runner,
        target: Target,
        tokens: Vec<Secret>,
        approvers: Vec<(String, Secret)>,
    ) -> Result<Self, Failure> {
        let both =
            approvers.iter().find(|(_, approver)| tokens.iter().any(|token| same(token, approver.expose())));
        if let Some((name, _)) = both {
            return Err(Failure::Usage(format!(
                "the token of the approver {name} also gives access to the account: whoever makes a call must not be able to approve it"
            )));
        }
        let runner = runner.approved_by(!approvers.is_empty());
        Ok(Self { runner, tokens, approvers, target, webhooks: None, limit: failure::LastLimit::default() })
    }
}

fn same(token: &Secret, given: &str) -> bool {
    token.expose().as_bytes().ct_eq(given.as_bytes()).into()
}
