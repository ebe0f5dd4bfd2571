//! Calls that need a person's yes, where the person is at the MCP client: it is asked through the client (elicitation),
//! and the yes holds for the call that was shown, once. A client that can't ask gets a refusal.
//!
//! Up to protocol version 2025-11-25 the server asks while the call waits. From 2026-07-28 on the call is answered with
//! the question, and comes again with the answer: nothing waits, and any copy of the server can go on.

use std::collections::BTreeMap;

use axum::http::request::Parts;
use connectwise_psa::runtime::{ExecuteOptions, Outcome, Tool, Value};
use rmcp::RoleServer;
use rmcp::model::{
    CallToolResponse, ElicitRequest, ElicitRequestParams, ElicitationAction, ElicitationSchema, InputRequest,
    InputRequiredResult, InputResponses,
};
use rmcp::service::RequestContext;

use super::answer;
use toolcrate_executor::{
    APPROVAL_TTL, ApprovalError, Consent, ExecuteError, Prepared, Principal, Rejection, ToolCall,
    ToolExecutor, approval_prompt,
};

/// How calls come, for the audit log.
pub const BY: Principal = Principal::anonymous("mcp");
/// The name of our only question.
const QUESTION: &str = "approval";
/// Where a client may put an approver's token, beside the header of the same purpose.
const META: &str = "connectwise/approval-token";

/// What the person at the client said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Yes,
    No,
    /// It was shown, and sent away.
    Nothing,
    /// No answer came.
    Unanswered,
}

impl Said {
    fn of(action: Option<&ElicitationAction>) -> Self {
        match action {
            Some(ElicitationAction::Accept) => Self::Yes,
            Some(ElicitationAction::Decline) => Self::No,
            Some(_) => Self::Nothing,
            None => Self::Unanswered,
        }
    }

    /// For the audit log.
    fn outcome(self) -> &'static str {
        match self {
            Self::Yes => "accepted",
            Self::No => "declined",
            Self::Nothing => "cancelled",
            Self::Unanswered => "unanswered",
        }
    }
}

/// What a call brings beside its tool and arguments.
pub struct Caller<'a> {
    context: &'a RequestContext<RoleServer>,
    /// The approver's token.
    token: Option<String>,
    /// Who calls.
    by: Principal,
    /// What the person said, and what was asked.
    answered: Option<(Said, String)>,
}

impl<'a> Caller<'a> {
    /// Reads it from the request.
    pub async fn of(
        context: &'a RequestContext<RoleServer>,
        runner: &ToolExecutor,
        answers: Option<&InputResponses>,
        state: Option<&str>,
    ) -> Self {
        let of_header = || {
            let parts = context.extensions.get::<Parts>()?;
            parts.headers.get("x-approval-token")?.to_str().ok().map(str::to_owned)
        };
        let of_meta = context.meta.0.0.get(META).and_then(Value::as_str).map(str::to_owned);
        let said = answers.and_then(|answers| answers.get(QUESTION));
        let answered = match (said, state) {
            (Some(said), Some(state)) => {
                let action = serde_json::from_value(said["action"].clone()).ok();
                runner
                    .approvals()
                    .take_elicitation(state)
                    .await
                    .map(|digest| (Said::of(action.as_ref()), digest))
            }
            _ => None,
        };
        let by = context.extensions.get::<Parts>().and_then(|parts| parts.extensions.get().copied());
        Self { context, token: of_meta.or_else(of_header), by: by.unwrap_or(BY), answered }
    }

    /// The request.
    pub fn context(&self) -> &RequestContext<RoleServer> {
        self.context
    }

    /// Who calls.
    pub fn by(&self) -> Principal {
        self.by
    }

    fn can_be_asked(&self) -> bool {
        let capability = self.context.client_capabilities().and_then(|capabilities| capabilities.elicitation);
        // One that names no way of asking has the first that there was: forms.
        capability.is_some_and(|capability| capability.form.is_some() || capability.url.is_none())
    }
}

/// Runs a tool, asking the person at the client first if need be.
///
/// # Errors
/// What to answer instead of an outcome.
pub async fn run(
    runner: &ToolExecutor,
    tool: Tool,
    arguments: &Value,
    options: &ExecuteOptions,
    caller: &Caller<'_>,
) -> Result<Outcome, Box<CallToolResponse>> {
    let no = |error: &ExecuteError| Box::new(answer::failed(error).into());
    let declined = |prepared: &Prepared, said: Said| {
        runner.record_prepared_rejection(prepared, said.outcome());
        no(&Rejection::Approval(Box::new(ApprovalError::declined(tool))).into())
    };
    let call = ToolCall { principal: caller.by, tool, arguments, options: *options };
    let prepared = runner.prepare(call).map_err(|rejection| no(&rejection.into()))?;
    let consent = match (&caller.token, &caller.answered) {
        (Some(token), _) => Consent::Token(token),
        (None, Some((Said::Yes, asked))) => Consent::Person(asked),
        (None, Some((said, asked))) if asked == prepared.digest() => return Err(declined(&prepared, *said)),
        _ if caller.can_be_asked() => Consent::Elicitable,
        _ => Consent::None,
    };
    let prepared = match runner.approve(prepared, consent).await {
        Ok(approved) => return runner.execute_approved(approved).await.map_err(|error| no(&error)),
        Err(unapproved) if unapproved.can_elicit() && caller.can_be_asked() => unapproved.prepared,
        Err(unapproved) => return Err(no(&unapproved.into())),
    };
    let question = ElicitRequestParams::FormElicitationParams {
        meta: None,
        message: approval_prompt(prepared.approval_request()),
        // Accept or decline is all there is to say.
        requested_schema: ElicitationSchema::builder().build_unchecked(),
    };
    let version = caller.context.protocol_version();
    if version.is_some_and(|version| !version.has_initialize()) {
        let state = runner.approvals().begin_elicitation(prepared.approval_request()).await;
        let state = state.map_err(|error| no(&Rejection::Approval(Box::new(error.into())).into()))?;
        let request = InputRequest::Elicitation(ElicitRequest::new(question));
        let requests = BTreeMap::from([(QUESTION.to_owned(), request)]);
        return Err(Box::new(InputRequiredResult::new(Some(requests), Some(state)).into()));
    }
    let asked = caller.context.peer.create_elicitation_with_timeout(question, Some(APPROVAL_TTL)).await;
    // Whoever does not answer, or can't, has not said yes.
    match Said::of(asked.as_ref().ok().map(|said| &said.action)) {
        Said::Yes => {
            let digest = prepared.digest().to_owned();
            let result = runner.execute_prepared(*prepared, Consent::Person(&digest)).await;
            result.map_err(|error| no(&error))
        }
        said => Err(declined(&prepared, said)),
    }
}
