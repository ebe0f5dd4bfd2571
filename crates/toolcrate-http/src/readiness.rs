//! Whether accounts can be used.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Map, json};
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use toolcrate_runtime::{Client, ErrorKind, Method, Request, Value};

use crate::accounts::AccountRegistry;
use crate::health_check::HealthCheck;

/// How long a result is cached: probes are frequent, and each check is a request to the API.
const RESULT_TTL: Duration = Duration::from_secs(10);
/// How long the check of an account may take.
const CHECK_TIMEOUT: Duration = Duration::from_secs(3);

/// Checks whether accounts can be used, and caches the result.
pub(crate) struct Readiness {
    check: Option<HealthCheck>,
    cached: Mutex<Option<ReadinessResult>>,
}

struct ReadinessResult {
    checked_at: Instant,
    accounts: Arc<Map<String, Value>>,
}

impl Readiness {
    /// Checks accounts with `check`. Without one, every account counts as ready.
    pub(crate) fn new(check: Option<HealthCheck>) -> Self {
        Self { check, cached: Mutex::default() }
    }

    /// Returns `{ok, ms}` or `{ok, kind, message, do}` for each account. Concurrent callers share one check.
    pub(crate) async fn check(&self, accounts: &AccountRegistry) -> Arc<Map<String, Value>> {
        let mut cached = self.cached.lock().await;
        if let Some(result) = cached.as_ref().filter(|result| result.checked_at.elapsed() < RESULT_TTL) {
            return Arc::clone(&result.accounts);
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
        let accounts: Arc<Map<String, Value>> = Arc::new(checks.join_all().await.into_iter().collect());
        *cached = Some(ReadinessResult { checked_at: Instant::now(), accounts: Arc::clone(&accounts) });
        accounts
    }
}

async fn check_account(client: &Client, check: HealthCheck) -> Value {
    let started = Instant::now();
    let failed = |kind: &str, message: String, advice: Option<&str>| json!({"ok": false, "kind": kind, "message": message, "do": advice});
    let request: Request<Value> = Request::new(Method::Get, check.path);
    match tokio::time::timeout(CHECK_TIMEOUT, client.send_full(&request)).await {
        Ok(Ok(_)) => {
            json!({"ok": true, "ms": u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX)})
        }
        // The API knows the account; that its rate limit is exhausted is passed on to each caller.
        Ok(Err(error)) if error.kind() == ErrorKind::RateLimited => {
            json!({"ok": true, "kind": error.kind().as_str()})
        }
        Ok(Err(error)) => failed(error.kind().as_str(), error.to_string(), Some((check.advice)(&error))),
        Err(_) => failed("timeout", format!("no answer within {} s", CHECK_TIMEOUT.as_secs()), None),
    }
}
