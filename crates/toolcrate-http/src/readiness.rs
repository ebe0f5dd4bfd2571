//! Determines whether the server is ready, which means that its accounts are usable, and its store and audit log are
//! writable.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Map, json};
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use toolcrate_executor::AuditLog;
use toolcrate_runtime::{Client, ErrorKind, Method, Request, Value};
use toolcrate_store::SharedStore;

use crate::accounts::AccountRegistry;
use crate::health_check::HealthCheck;

/// How long a result is cached: probes are frequent, and each check is a request to the API.
const RESULT_TTL: Duration = Duration::from_secs(10);
/// Timeout for an account check.
const CHECK_TIMEOUT: Duration = Duration::from_secs(3);

/// Checks that the server is ready, and caches the result.
pub(crate) struct Readiness {
    check: Option<HealthCheck>,
    store: SharedStore,
    cached: Mutex<Option<(Instant, Arc<ReadinessResult>)>>,
}

/// The result of all checks.
pub(crate) struct ReadinessResult {
    /// `{ok, ms}` or `{ok, kind, message, fix}` for each account.
    pub(crate) accounts: Map<String, Value>,
    /// The store's error, if the store isn't writable.
    pub(crate) state_error: Option<String>,
    /// The audit log's error, if the log isn't writable.
    pub(crate) audit_error: Option<String>,
}

impl ReadinessResult {
    /// Returns true if and only if the server is ready.
    pub(crate) fn is_ready(&self) -> bool {
        let are_usable =
            !self.accounts.is_empty() && self.accounts.values().all(|account| account["ok"] == true);
        are_usable && self.state_error.is_none() && self.audit_error.is_none()
    }
}

impl Readiness {
    /// Creates a check of the accounts, using `check`, and of `store`. Without `check`, every account is considered
    /// ready.
    pub(crate) fn new(check: Option<HealthCheck>, store: SharedStore) -> Self {
        Self { check, store, cached: Mutex::default() }
    }

    /// Checks everything. Concurrent callers share one check.
    pub(crate) async fn check(&self, accounts: &AccountRegistry, audit: &AuditLog) -> Arc<ReadinessResult> {
        let mut cached = self.cached.lock().await;
        if let Some((checked_at, result)) = cached.as_ref()
            && checked_at.elapsed() < RESULT_TTL
        {
            return Arc::clone(result);
        }
        let mut checks = JoinSet::new();
        for (id, account) in accounts.iter() {
            let (id, client, check) = (id.to_owned(), account.executor().client().clone(), self.check);
            checks.spawn(async move {
                let result = match check {
                    Some(check) => check_account(&client, check).await,
                    None => json!({"ok": true}),
                };
                (id, result)
            });
        }
        let result = Arc::new(ReadinessResult {
            accounts: checks.join_all().await.into_iter().collect(),
            state_error: self.check_state().await,
            audit_error: audit.check().err().map(|error| error.to_string()),
        });
        *cached = Some((Instant::now(), Arc::clone(&result)));
        result
    }

    async fn check_state(&self) -> Option<String> {
        match tokio::time::timeout(CHECK_TIMEOUT, self.store.check()).await {
            Ok(result) => result.err().map(|error| error.to_string()),
            Err(_) => Some(format!("no response within {} s", CHECK_TIMEOUT.as_secs())),
        }
    }
}

async fn check_account(client: &Client, check: HealthCheck) -> Value {
    let started = Instant::now();
    let failed = |kind: &str, message: String, fix: Option<&str>| json!({"ok": false, "kind": kind, "message": message, "fix": fix});
    let request: Request<Value> = Request::new(Method::Get, check.path);
    match tokio::time::timeout(CHECK_TIMEOUT, client.send_full(&request)).await {
        Ok(Ok(_)) => {
            json!({"ok": true, "ms": u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX)})
        }
        // The API accepted the credentials. Callers learn about the rate limit from their own calls.
        Ok(Err(error)) if error.kind() == ErrorKind::RateLimited => {
            json!({"ok": true, "kind": error.kind().as_str()})
        }
        Ok(Err(error)) => failed(error.kind().as_str(), error.to_string(), Some((check.suggest_fix)(&error))),
        Err(_) => failed("timeout", format!("no response within {} s", CHECK_TIMEOUT.as_secs()), None),
    }
}

#[cfg(test)]
mod tests {
    use toolcrate_store::MemoryStore;

    use super::*;

    #[tokio::test]
    async fn server_whose_store_is_full_is_not_ready() {
        let audit = AuditLog::new(Box::new(std::io::sink()));
        for (max_bytes, has_error) in [(1 << 20, false), (0, true)] {
            let store = Arc::new(MemoryStore::with_capacity(max_bytes));
            let result = Readiness::new(None, store).check(&AccountRegistry::default(), &audit).await;
            assert_eq!(result.state_error.is_some(), has_error, "{:?}", result.state_error);
            assert_eq!(result.audit_error, None);
        }
        let accounts = Map::from_iter([("acme".to_owned(), json!({"ok": true}))]);
        let ready = ReadinessResult { accounts, state_error: None, audit_error: None };
        assert!(ready.is_ready());
        assert!(!ReadinessResult { audit_error: Some("full".to_owned()), ..ready }.is_ready());
    }
}
