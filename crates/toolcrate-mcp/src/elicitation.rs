//! Asks the client's user to approve calls (elicitation). An approval is valid once, for the call that was shown. A
//! call from a client that doesn't support elicitation is rejected.
//!
//! Up to protocol version 2025-11-25, the server sends a prompt while the call waits. Since version 2026-07-28, the
//! call returns the prompt as its result, and the client repeats the call with the user's response. Nothing waits in
//! between, so any replica can continue.

use std::collections::BTreeMap;

use rmcp::model::{
    CallToolResponse, ElicitRequest, ElicitRequestParams, ElicitationAction, ElicitationSchema, InputRequest,
    InputRequiredResult,
};
use toolcrate_executor::{
    APPROVAL_TTL, ApprovalError, Consent, ExecuteError, Prepared, Rejection, ToolCall, ToolExecutor,
    approval_prompt,
};
use toolcrate_runtime::{ExecuteOptions, Outcome, Tool, Value};

use crate::caller::{APPROVAL_QUESTION, Caller};
use crate::result;

/// Executes a tool, prompting the client's user first if the call requires approval.
///
/// # Errors
/// Returns the response to the call if it has no outcome: an error or the elicitation.
pub(crate) async fn execute(
    executor: &ToolExecutor,
    tool: Tool,
    arguments: &Value,
    options: &ExecuteOptions,
    caller: &Caller<'_>,
) -> Result<Outcome, Box<CallToolResponse>> {
    let call = ToolCall { principal: caller.principal(), tool, arguments, options: *options };
    let prepared = executor.prepare(call).await.map_err(rejected)?;
    let consent = match (caller.approval_token(), caller.elicited()) {
        (Some(token), _) => Consent::Token(token),
        (None, Some(answer)) if answer.action == Some(ElicitationAction::Accept) => {
            Consent::Person(&answer.digest)
        }
        (None, Some(answer)) if answer.digest == prepared.digest() => {
            return Err(decline(executor, &prepared, tool, answer.action.as_ref()));
        }
        _ if caller.supports_elicitation() => Consent::Elicitable,
        _ => Consent::None,
    };
    match executor.approve(prepared, consent).await {
        Ok(approved) => executor.execute_approved(approved).await.map_err(failed),
        Err(unapproved) if unapproved.can_elicit() && caller.supports_elicitation() => {
            elicit(executor, *unapproved.prepared, tool, caller).await
        }
        Err(unapproved) => Err(failed(unapproved.into())),
    }
}

/// Prompts the client's user in the way that the protocol version requires.
async fn elicit(
    executor: &ToolExecutor,
    prepared: Prepared,
    tool: Tool,
    caller: &Caller<'_>,
) -> Result<Outcome, Box<CallToolResponse>> {
    let Some(message) = approval_prompt(prepared.approval_request()) else {
        executor.record_prepared_rejection(&prepared, "approval_unavailable");
        return Err(rejected(Rejection::Approval(Box::new(ApprovalError::too_long(tool)))));
    };
    let question = ElicitRequestParams::FormElicitationParams {
        meta: None,
        message,
        // The user can only accept or decline.
        requested_schema: ElicitationSchema::builder().build_unchecked(),
    };
    let version = caller.context().protocol_version();
    if version.is_some_and(|version| !version.has_initialize()) {
        let state = executor.approvals().begin_elicitation(prepared.approval_request()).await;
        let state = state.map_err(|error| rejected(Rejection::Approval(Box::new(error.into()))))?;
        let request = InputRequest::Elicitation(ElicitRequest::new(question));
        let requests = BTreeMap::from([(APPROVAL_QUESTION.to_owned(), request)]);
        return Err(Box::new(InputRequiredResult::new(Some(requests), Some(state)).into()));
    }
    let peer = &caller.context().peer;
    let answer = peer.create_elicitation_with_timeout(question, Some(APPROVAL_TTL)).await;
    // A timeout isn't an approval.
    match answer.ok().map(|answer| answer.action) {
        Some(ElicitationAction::Accept) => {
            let digest = prepared.digest().to_owned();
            executor.execute_prepared(prepared, Consent::Person(&digest)).await.map_err(failed)
        }
        action => Err(decline(executor, &prepared, tool, action.as_ref())),
    }
}

/// Rejects a call that the user did not accept; `None` means that the elicitation timed out.
fn decline(
    executor: &ToolExecutor,
    prepared: &Prepared,
    tool: Tool,
    action: Option<&ElicitationAction>,
) -> Box<CallToolResponse> {
    let reason = match action {
        Some(ElicitationAction::Decline) => "declined",
        Some(_) => "dismissed",
        None => "unanswered",
    };
    executor.record_prepared_rejection(prepared, reason);
    rejected(Rejection::Approval(Box::new(ApprovalError::declined(tool))))
}

fn rejected(rejection: Rejection) -> Box<CallToolResponse> {
    failed(rejection.into())
}

fn failed(error: ExecuteError) -> Box<CallToolResponse> {
    Box::new(result::execute_failure(&error).into())
}
