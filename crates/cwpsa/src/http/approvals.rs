//! `/approvals`: where a person sees which calls wait for a yes, and gives it. The token that comes of it is for whoever
//! made the call, to repeat it with.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::failure;
use toolcrate_executor::{ApprovalDecision, Consent};
use toolcrate_store::StoreError;

/// The header with the token that an approval gave.
const HEADER: &str = "x-approval-token";

/// The most characters of a person's name.
const LONGEST_NAME: usize = 100;

/// The approval that a request shows, if any.
pub fn token(headers: &HeaderMap) -> Option<String> {
    headers.get(HEADER)?.to_str().ok().map(str::to_owned)
}

/// The same as a caller's consent.
pub fn consent(token: &Option<String>) -> Consent<'_> {
    token.as_deref().map_or(Consent::None, Consent::Token)
}

/// What an approver says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Decision {
    /// No if it is false.
    #[serde(default = "yes")]
    approve: bool,
    /// The person's name, for the audit log, where several share a token.
    by: Option<String>,
}

fn yes() -> bool {
    true
}

/// The calls that wait, of the accounts that the token approves for.
pub async fn list(State(state): State<Arc<super::State>>, headers: HeaderMap) -> Response {
    if let Err(refused) = may(&state, &headers) {
        return *refused;
    }
    let of = |account: &str| state.accounts.approver(account, &headers).is_some();
    match state.watch.approvals.pending(of).await {
        Ok(waiting) => failure::json_of(StatusCode::OK, &json!({"approvals": waiting})),
        Err(error) => unreachable(&error),
    }
}

/// Yes, or no with `{"approve": false}`.
pub async fn decide(
    State(state): State<Arc<super::State>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Err(refused) = may(&state, &headers) {
        return *refused;
    }
    let decision: Decision = match serde_json::from_slice(if body.is_empty() { b"{}" } else { &body }) {
        Ok(decision) => decision,
        Err(error) => {
            return failure::bad_request(&format!(
                "the body must be like {{\"approve\": true, \"by\": \"Ada\"}}: {error}"
            ));
        }
    };
    if decision.by.as_ref().is_some_and(|by| by.chars().count() > LONGEST_NAME) {
        return failure::bad_request(&format!("\"by\" is a name of at most {LONGEST_NAME} characters"));
    }
    let by = |account: &str| {
        let approver = state.accounts.approver(account, &headers)?;
        Some(decision.by.as_ref().map_or_else(|| approver.to_owned(), |by| format!("{by} ({approver})")))
    };
    match state.watch.approvals.decide(&id, decision.approve, by).await {
        Ok(Some(ApprovalDecision::Approved { call, token, expires_at })) => failure::json_of(
            StatusCode::OK,
            &json!({
                "approved": true,
                "approval_token": token,
                "header": "X-Approval-Token",
                "expires_at": expires_at,
                "digest": call.digest,
            }),
        ),
        Ok(Some(ApprovalDecision::Declined(call))) => {
            failure::json_of(StatusCode::OK, &json!({"approved": false, "digest": call.digest}))
        }
        Ok(None) => failure::plain(
            StatusCode::NOT_FOUND,
            "no call waits under this id for this approver: it was decided, has run out, or never was",
        ),
        Err(error) => unreachable(&error),
    }
}

/// Whether the request comes from an approver. A token that only makes calls is told that it is the wrong one.
fn may(state: &super::State, headers: &HeaderMap) -> Result<(), Box<Response>> {
    if state.accounts.is_approver(headers) {
        return Ok(());
    }
    state.accounts.open_any(headers)?;
    Err(Box::new(failure::plain(
        StatusCode::FORBIDDEN,
        "only an approver's token can see and decide what waits; the token that makes calls can't approve them",
    )))
}

fn unreachable(error: &StoreError) -> Response {
    tracing::error!(%error, "approvals can't be looked up");
    failure::plain(
        StatusCode::INTERNAL_SERVER_ERROR,
        "approvals can't be looked up at the moment; nothing was decided",
    )
}
