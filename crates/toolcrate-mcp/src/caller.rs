//! The caller of a tool: its identity, capabilities and approvals.

use http::request::Parts;
use rmcp::RoleServer;
use rmcp::model::{ElicitationAction, InputResponses};
use rmcp::service::RequestContext;
use toolcrate_executor::{Principal, ToolExecutor, TraceContext};
use toolcrate_runtime::Value;

/// The name of the only elicitation that the server sends.
pub(crate) const APPROVAL_QUESTION: &str = "approval";
/// The caller, if the transport doesn't identify it.
const ANONYMOUS: Principal = Principal::anonymous("mcp");
/// The header with an approver's token.
const APPROVAL_HEADER: &str = "x-approval-token";
/// The property of `_meta` with an approver's token, prefixed with the server's name.
const APPROVAL_META: &str = "approval-token";

/// The caller of a tool: its identity, capabilities and approvals.
pub(crate) struct Caller<'a> {
    context: &'a RequestContext<RoleServer>,
    principal: Principal,
    approval_token: Option<String>,
    elicited: Option<ElicitedAnswer>,
}

/// The user's response to an elicitation that was the result of an earlier request.
pub(crate) struct ElicitedAnswer {
    /// `None` if the response is invalid.
    pub(crate) action: Option<ElicitationAction>,
    /// The digest of the call shown to the user.
    pub(crate) digest: String,
}

impl<'a> Caller<'a> {
    /// Extracts the caller from a request. The state of an elicitation can be redeemed only once.
    pub(crate) async fn from_request(
        context: &'a RequestContext<RoleServer>,
        server_name: &str,
        executor: &ToolExecutor,
        responses: Option<&InputResponses>,
        state: Option<&str>,
    ) -> Self {
        let from_header = || {
            let parts = context.extensions.get::<Parts>()?;
            parts.headers.get(APPROVAL_HEADER)?.to_str().ok().map(str::to_owned)
        };
        let meta = context.meta.0.0.get(&format!("{server_name}/{APPROVAL_META}"));
        let approval_token = meta.and_then(Value::as_str).map(str::to_owned).or_else(from_header);
        let response = responses.and_then(|responses| responses.get(APPROVAL_QUESTION));
        let elicited = match (response, state) {
            (Some(response), Some(state)) => {
                let action = serde_json::from_value(response["action"].clone()).ok();
                let digest = executor.approvals().take_elicitation(state).await;
                digest.map(|digest| ElicitedAnswer { action, digest })
            }
            _ => None,
        };
        Self { context, principal: principal(context), approval_token, elicited }
    }

    pub(crate) fn context(&self) -> &RequestContext<RoleServer> {
        self.context
    }

    pub(crate) fn principal(&self) -> Principal {
        self.principal
    }

    pub(crate) fn approval_token(&self) -> Option<&str> {
        self.approval_token.as_deref()
    }

    pub(crate) fn elicited(&self) -> Option<&ElicitedAnswer> {
        self.elicited.as_ref()
    }

    /// Returns true if and only if the client supports elicitation.
    pub(crate) fn supports_elicitation(&self) -> bool {
        let capability = self.context.client_capabilities().and_then(|capabilities| capabilities.elicitation);
        // A client that specifies no mode supports forms, which was the first mode.
        capability.is_some_and(|capability| capability.form.is_some() || capability.url.is_none())
    }
}

/// Returns the sender of a request, as identified by the transport.
pub(crate) fn principal(context: &RequestContext<RoleServer>) -> Principal {
    let parts = context.extensions.get::<Parts>();
    parts.and_then(|parts| parts.extensions.get().copied()).unwrap_or(ANONYMOUS)
}

/// Returns the trace of a request: from its `_meta`, or else from the HTTP request.
pub(crate) fn trace_context(context: &RequestContext<RoleServer>) -> TraceContext {
    let state = context.meta.get_tracestate().unwrap_or_default();
    let from_meta = context.meta.get_traceparent().and_then(|parent| TraceContext::parse(parent, state));
    let from_http = || context.extensions.get::<Parts>()?.extensions.get::<TraceContext>().cloned();
    from_meta.or_else(from_http).unwrap_or_else(TraceContext::start)
}
