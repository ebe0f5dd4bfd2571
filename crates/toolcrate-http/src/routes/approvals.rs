//! `/approvals`: lists an approver's pending calls, and records decisions. After an approval, the caller repeats the
//! call with the approval token.

use axum::extract::{Path, RawQuery, Request};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use toolcrate_executor::ApprovalDecision;
use toolcrate_store::StoreError;

use crate::accounts::AccountRegistry;
use crate::error::HttpError;
use crate::json_response::json_response;
use crate::query_string::reject_parameters;
use crate::request_body::read_body;
use crate::state::SharedState;

/// Maximum length of a person's name, in characters.
const MAX_NAME_LENGTH: usize = 100;

/// An approver's decision.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DecisionBody {
    #[serde(default = "approved")]
    approve: bool,
    /// The person's name for the audit log, if several people share a token.
    by: Option<String>,
}

fn approved() -> bool {
    true
}

/// Lists the pending calls of the accounts for which the token approves calls.
pub(crate) async fn list_approvals(
    state: SharedState,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    require_approver(&state.accounts, &headers)?;
    reject_parameters(query.as_deref())?;
    let is_visible = |account: &str| state.accounts.approver(account, &headers).is_some();
    let pending = state.context.approvals.pending(is_visible).await.map_err(|error| unavailable(&error))?;
    Ok(json_response(StatusCode::OK, &json!({"approvals": pending})))
}

/// Approves a call, or declines it with `{"approve": false}`.
pub(crate) async fn decide_approval(
    state: SharedState,
    Path(id): Path<String>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, HttpError> {
    // The body isn't read without an approver token.
    require_approver(&state.accounts, &headers)?;
    reject_parameters(request.uri().query())?;
    let body = read_body(request).await?;
    let decision = parse_decision(&body)?;
    let approver = |account: &str| {
        let approver = state.accounts.approver(account, &headers)?;
        Some(decision.by.as_ref().map_or_else(|| approver.to_owned(), |by| format!("{by} ({approver})")))
    };
    let decided = state.context.approvals.decide(&id, decision.approve, approver).await;
    match decided.map_err(|error| unavailable(&error))? {
        Some(ApprovalDecision::Approved { call, token, expires_at }) => Ok(json_response(
            StatusCode::OK,
            &json!({
                "approved": true,
                "approval_token": token,
                "header": "X-Approval-Token",
                "expires_at": expires_at,
                "digest": call.digest,
            }),
        )),
        Some(ApprovalDecision::Declined(call)) => {
            Ok(json_response(StatusCode::OK, &json!({"approved": false, "digest": call.digest})))
        }
        None => Err(HttpError::NotFound(
            "this approver has no pending call with this ID; the call was decided, has expired, or never existed"
                .to_owned(),
        )),
    }
}

fn parse_decision(body: &[u8]) -> Result<DecisionBody, HttpError> {
    let body = if body.is_empty() { b"{}" } else { body };
    let decision: DecisionBody = serde_json::from_slice(body).map_err(|error| {
        HttpError::BadRequest(format!(
            "expected a body such as {{\"approve\": true, \"by\": \"Ada\"}}: {error}"
        ))
    })?;
    if decision.by.as_ref().is_some_and(|by| by.chars().count() > MAX_NAME_LENGTH) {
        return Err(HttpError::BadRequest(format!("by: expected at most {MAX_NAME_LENGTH} characters")));
    }
    Ok(decision)
}

/// Checks that the request comes from an approver. A token that grants access to an account gets a more specific
/// error.
fn require_approver(accounts: &AccountRegistry, headers: &HeaderMap) -> Result<(), HttpError> {
    if accounts.is_approver(headers) {
        return Ok(());
    }
    accounts.open_any(headers)?;
    Err(HttpError::Forbidden(
        "pending calls can be listed and decided only with an approver's token; a token for calls can't approve them",
    ))
}

fn unavailable(error: &StoreError) -> HttpError {
    tracing::error!(%error, "can't read approvals");
    HttpError::Internal("can't read approvals, so nothing was decided; try again later")
}
