//! `/readyz`: whether the accounts can be used from here. Who asks is told by the status; who has an account's token
//! reads what is wrong with it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use connectwise_psa::runtime::{ErrorKind, Value};
use serde_json::{Map, json};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use super::{Shared, failure};
use crate::health_check;

/// How long an answer holds: probes come often, and each asks the API.
const HOLDS: Duration = Duration::from_secs(10);
/// How long an account may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// What was found last, and when.
#[derive(Default)]
pub struct Ready(Mutex<Option<Found>>);

/// What each account said, and when.
struct Found {
    at: Instant,
    accounts: Arc<Map<String, Value>>,
}

impl Ready {
    /// What each account says: `{ok, ms}`, or `{ok, kind, message, do}`. Who comes meanwhile waits for the same answer.
    async fn ask(&self, state: &super::State) -> Arc<Map<String, Value>> {
        let mut kept = self.0.lock().await;
        if let Some(found) = kept.as_ref().filter(|found| found.at.elapsed() < HOLDS) {
            return Arc::clone(&found.accounts);
        }
        let mut asked = JoinSet::new();
        for (id, account) in state.accounts.iter() {
            let (id, client) = (id.to_owned(), account.runner.client().clone());
            asked.spawn(async move { (id, of_account(&client).await) });
        }
        let found: Map<String, Value> = asked.join_all().await.into_iter().collect();
        let found = Arc::new(found);
        *kept = Some(Found { at: Instant::now(), accounts: Arc::clone(&found) });
        found
    }
}

async fn of_account(client: &connectwise_psa::runtime::Client) -> Value {
    let started = Instant::now();
    let failed = |kind: &str, message: String, advice: Option<&str>| json!({"ok": false, "kind": kind, "message": message, "do": advice});
    match tokio::time::timeout(PATIENCE, health_check::ask(client)).await {
        Ok(Ok(_)) => {
            json!({"ok": true, "ms": u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX)})
        }
        // It is there and knows us; that it is busy is passed on to each caller.
        Ok(Err(error)) if error.kind() == ErrorKind::RateLimited => {
            json!({"ok": true, "kind": error.kind().as_str()})
        }
        Ok(Err(error)) => {
            failed(error.kind().as_str(), error.to_string(), Some(health_check::advice(&error).1))
        }
        Err(_) => failed("timeout", format!("no answer within {} s", PATIENCE.as_secs()), None),
    }
}

/// 200 if every account can be used, else 503.
pub async fn answer(State(state): Shared, headers: HeaderMap) -> Response {
    let found = state.ready.ask(&state).await;
    let ready = !found.is_empty() && found.values().all(|account| account["ok"] == true);
    let shown: Map<String, Value> = state
        .accounts
        .iter()
        .filter(|(_, account)| account.opens(&headers))
        .filter_map(|(id, _)| Some((id.to_owned(), found.get(id)?.clone())))
        .collect();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    failure::json_of(status, &json!({"ready": ready, "accounts": shown}))
}
