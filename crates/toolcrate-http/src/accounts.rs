//! The accounts whose tools the server exposes, with their tokens and approvers.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use subtle::ConstantTimeEq;
use toolcrate_executor::{Principal, ToolExecutor};
use toolcrate_runtime::Secret;

use crate::error::HttpError;
use crate::rate_limit::LastRateLimit;

/// Minimum length of a token if the server is reachable from other machines.
const MIN_TOKEN_CHARACTERS: usize = 16;
/// Minimum number of distinct characters in a token.
const MIN_DIFFERENT_CHARACTERS: usize = 6;

/// An account whose tools are served.
pub struct HttpAccount {
    executor: ToolExecutor,
    /// Each of them grants access. If there are none, everyone who can reach the server has access.
    tokens: Vec<Secret>,
    /// The people who approve its calls, by name.
    approvers: Vec<(String, Secret)>,
    rate_limit: LastRateLimit,
}

/// The reason why an account can't be served.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccountError {
    /// A token both grants access and approves calls.
    #[error(
        "the approver {0} uses a token that also grants access to the account; use separate tokens for calls and approvals"
    )]
    ApproverHasAccess(String),
    /// An approver's token for one account grants access to another.
    #[error(
        "the approver {approver} for the account {account} uses a token that also grants access to the account {other}; \
         use separate tokens for calls and approvals"
    )]
    ApproverOfOtherAccount {
        /// The approver's name.
        approver: String,
        /// The account whose calls the approver approves.
        account: String,
        /// The account to which the token grants access.
        other: String,
    },
}

impl HttpAccount {
    /// Creates an account whose tools `executor` runs, for callers with one of `tokens`. Each approver has a token, and
    /// a name for the audit log.
    ///
    /// # Errors
    /// Returns an error if an approver's token is also one of `tokens`.
    pub fn new(
        executor: ToolExecutor,
        tokens: Vec<Secret>,
        approvers: Vec<(String, Secret)>,
    ) -> Result<Self, AccountError> {
        let has_access = |approver: &Secret| tokens.iter().any(|token| is_equal(token, approver.expose()));
        if let Some((name, _)) = approvers.iter().find(|(_, approver)| has_access(approver)) {
            return Err(AccountError::ApproverHasAccess(name.clone()));
        }
        let executor = executor.with_approvers(!approvers.is_empty());
        Ok(Self { executor, tokens, approvers, rate_limit: LastRateLimit::default() })
    }

    /// Returns the executor that runs the account's tools.
    pub fn executor(&self) -> &ToolExecutor {
        &self.executor
    }

    /// Returns the principal of a request that has access to the account.
    pub fn principal(&self, transport: &'static str, headers: &HeaderMap) -> Principal {
        match bearer_token(headers) {
            Some(token) if !self.tokens.is_empty() => Principal::with_token(transport, token),
            _ => Principal::anonymous(transport),
        }
    }

    /// Returns true if and only if the request has access to the account.
    pub fn is_open_to(&self, headers: &HeaderMap) -> bool {
        self.accepts(bearer_token(headers))
    }

    pub(crate) fn rate_limit(&self) -> &LastRateLimit {
        &self.rate_limit
    }

    fn accepts(&self, token: Option<&str>) -> bool {
        if self.tokens.is_empty() {
            return true;
        }
        let Some(token) = token else { return false };
        // All tokens are compared, so timing reveals nothing.
        self.tokens.iter().fold(false, |accepted, known| accepted | is_equal(known, token))
    }
}

/// The served accounts, by ID.
#[derive(Default)]
pub struct AccountRegistry(BTreeMap<String, HttpAccount>);

impl AccountRegistry {
    /// Creates a registry of accounts.
    ///
    /// # Errors
    /// Returns an error if an approver's token also grants access to one of the accounts.
    pub fn new(accounts: impl IntoIterator<Item = (String, HttpAccount)>) -> Result<Self, AccountError> {
        let accounts: BTreeMap<String, HttpAccount> = accounts.into_iter().collect();
        for (id, account) in &accounts {
            for (approver, token) in &account.approvers {
                // An account without tokens is open to everyone anyway.
                let has_access =
                    |other: &HttpAccount| other.tokens.iter().any(|known| is_equal(known, token.expose()));
                if let Some((other, _)) = accounts.iter().find(|(_, other)| has_access(other)) {
                    let (approver, account, other) = (approver.clone(), id.clone(), other.clone());
                    return Err(AccountError::ApproverOfOtherAccount { approver, account, other });
                }
            }
        }
        Ok(Self(accounts))
    }

    /// Returns true if and only if some account has an approver.
    pub fn have_approvers(&self) -> bool {
        self.0.values().any(|account| !account.approvers.is_empty())
    }

    /// Returns true if and only if every account requires a token.
    pub fn all_have_tokens(&self) -> bool {
        self.0.values().all(|account| !account.tokens.is_empty())
    }

    /// Returns the account ID or approver name of the first token that is easy to guess, if there is one.
    pub fn weak_token(&self) -> Option<&str> {
        self.0.iter().find_map(|(id, account)| {
            let is_weak = account.tokens.iter().any(is_guessable);
            let approver = account.approvers.iter().find(|(_, token)| is_guessable(token));
            approver.map(|(name, _)| name.as_str()).or_else(|| is_weak.then_some(id.as_str()))
        })
    }

    /// The accounts and their IDs, sorted by ID.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &HttpAccount)> {
        self.0.iter().map(|(id, account)| (id.as_str(), account))
    }

    /// Returns the account `id`, for a caller that has been authorized in another way.
    pub fn get(&self, id: &str) -> Option<&HttpAccount> {
        self.0.get(id)
    }

    /// Returns the account `id` or, without an ID, the only account to which the request has access.
    ///
    /// # Errors
    /// Returns an error if the account doesn't exist, if the request has no access to it, or if an ID is required.
    pub fn open(&self, id: Option<&str>, headers: &HeaderMap) -> Result<(&str, &HttpAccount), HttpError> {
        let token = bearer_token(headers);
        let mut open = self
            .0
            .iter()
            .filter(|(name, account)| id.is_none_or(|id| id == name.as_str()) && account.accepts(token));
        match (open.next(), open.next()) {
            (Some((name, account)), None) => {
                tracing::Span::current().record("account", name.as_str());
                Ok((name, account))
            }
            (Some(_), Some(_)) => Err(HttpError::BadRequest(
                "the token grants access to several accounts; select an account with integrated_account_id"
                    .to_owned(),
            )),
            (None, _) if self.0.values().all(|account| account.tokens.is_empty()) => {
                let names: Vec<&str> = self.0.keys().map(String::as_str).collect();
                Err(HttpError::NotFound(format!(
                    "unknown account {} (expected {})",
                    id.unwrap_or_default(),
                    names.join(", ")
                )))
            }
            // A nonexistent account and an inaccessible one can't be distinguished.
            (None, _) => Err(HttpError::Unauthorized),
        }
    }

    /// Checks that the request has access to some account.
    ///
    /// # Errors
    /// Returns an error if it has none.
    pub fn open_any(&self, headers: &HeaderMap) -> Result<(), HttpError> {
        let token = bearer_token(headers);
        let is_open = self.0.values().fold(false, |open, account| open | account.accepts(token));
        if is_open { Ok(()) } else { Err(HttpError::Unauthorized) }
    }

    /// Returns true if and only if the request's token is an approver's.
    pub(crate) fn is_approver(&self, headers: &HeaderMap) -> bool {
        self.0.keys().any(|id| self.approver(id, headers).is_some())
    }

    /// Returns the name of the approver for the account `id` whose token the request contains.
    pub(crate) fn approver(&self, id: &str, headers: &HeaderMap) -> Option<&str> {
        let token = bearer_token(headers)?;
        let approvers = &self.0.get(id)?.approvers;
        // All tokens are compared, so timing reveals nothing.
        approvers.iter().fold(
            None,
            |found, (name, known)| if is_equal(known, token) { Some(name.as_str()) } else { found },
        )
    }
}

/// Returns true if a token is short or has few distinct characters.
fn is_guessable(token: &Secret) -> bool {
    let text = token.expose();
    let different: BTreeSet<char> = text.chars().collect();
    text.chars().count() < MIN_TOKEN_CHARACTERS || different.len() < MIN_DIFFERENT_CHARACTERS
}

fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_start_matches(' '))
}

fn is_equal(known: &Secret, token: &str) -> bool {
    known.expose().as_bytes().ct_eq(token.as_bytes()).into()
}
