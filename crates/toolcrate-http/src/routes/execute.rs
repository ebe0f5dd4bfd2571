//! Runs a tool call received over HTTP.

use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use toolcrate_executor::{Consent, ToolCall};
use toolcrate_runtime::Outcome;

use crate::accounts::HttpAccount;
use crate::error::HttpError;
use crate::idempotency;
use crate::state::HttpState;

/// The header with the approval token.
const APPROVAL_HEADER: &str = "x-approval-token";

/// Prepares a call and runs it with the request's idempotency key and approval. `render` creates the response from the
/// outcome, in the format that `form` identifies.
///
/// # Errors
/// Returns an error if the call is rejected before it is sent. Later errors are returned as responses, which
/// idempotency stores.
pub(crate) async fn execute(
    state: &HttpState,
    account: &HttpAccount,
    call: ToolCall<'_>,
    headers: &HeaderMap,
    form: &'static str,
    render: impl FnOnce(Outcome) -> Response + Send + 'static,
) -> Result<Response, HttpError> {
    let is_write = !call.tool.annotations().read_only_hint;
    let executor = account.executor().clone();
    let prepared =
        executor.prepare(call).await.map_err(|rejection| HttpError::from_rejection(rejection, is_write))?;
    let key = idempotency::key(headers, form, &prepared)?;
    let approval = headers.get(APPROVAL_HEADER).and_then(|token| token.to_str().ok()).map(str::to_owned);
    let response = async move {
        let consent = approval.as_deref().map_or(Consent::None, Consent::Token);
        match executor.execute_prepared(prepared, consent).await {
            Ok(outcome) => render(outcome),
            Err(error) => HttpError::Execute { error, is_write }.into_response(),
        }
    };
    Ok(account.rate_limit().complete(idempotency::run(&state.idempotency, key, response).await))
}
