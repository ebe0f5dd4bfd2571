//! The first stage: a call that has been decoded, validated and turned into a request, exactly once.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use serde_json::Value;
use toolcrate_runtime::{Client, PreparedCall, Reinterpretation, Tool};

use crate::approval::ApprovalRequest;
use crate::call_outcome::CallOutcome;
use crate::call_record::CallRecord;
use crate::context::ExecutionContext;
use crate::error::Rejection;
use crate::fingerprint::call_digest;
use crate::tool_call::ToolCall;
use crate::trace::TraceContext;

/// A call that has been decoded, validated and turned into a request.
///
/// This value is what a person approves, what the digest identifies, what the audit log records, what an idempotency
/// key covers, and what is sent. It can't be changed, and sending consumes it.
pub struct Prepared {
    record: CallRecord,
    digest: String,
    max_bytes: Option<usize>,
    call: PreparedCall,
}

impl Prepared {
    /// Decodes, validates and prepares `call`. An invalid call is counted and audited.
    pub(crate) fn prepare(
        account: &Arc<str>,
        client: &Client,
        context: &Arc<ExecutionContext>,
        call: ToolCall<'_>,
    ) -> Result<Self, Rejection> {
        let ToolCall { principal, tool, arguments, options } = call;
        let (trace, started) = (TraceContext::current(), Instant::now());
        let options = context.limits.apply(&options);
        // Propagates the trace to the API.
        let prepared = client.with_headers(trace.headers()).prepare_call(tool, arguments, &options);
        let arguments = match &prepared {
            Ok(call) => Value::Object(call.arguments().clone()),
            Err(_) => arguments.clone(),
        };
        let record = CallRecord {
            account: Arc::clone(account),
            principal,
            tool,
            arguments,
            is_write: !tool.annotations().read_only_hint,
            approved_by: None,
            trace,
            context: Arc::clone(context),
        };
        match prepared {
            Ok(call) => {
                let digest = call_digest(account, tool, &record.arguments);
                Ok(Self { record, digest, max_bytes: options.max_bytes, call })
            }
            Err(error) => {
                record.publish(&record.span(), CallOutcome::Error(&error), error.rate_limit(), started);
                record.reject(error.kind().as_str())?;
                Err(Rejection::Invalid(Box::new(error)))
            }
        }
    }

    /// Returns the account.
    pub fn account(&self) -> &str {
        &self.record.account
    }

    /// Returns the tool.
    pub fn tool(&self) -> Tool {
        self.record.tool
    }

    /// Returns the arguments from which the request was built: decoded, without meaningless nulls, and with short forms
    /// expanded.
    pub fn arguments(&self) -> &Value {
        &self.record.arguments
    }

    /// Returns a digest that uniquely identifies this call by this account.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Returns true if and only if the call may change data.
    pub fn is_write(&self) -> bool {
        self.record.is_write
    }

    /// Returns the arguments that were converted.
    pub fn reinterpretations(&self) -> &[Reinterpretation] {
        self.call.reinterpretations()
    }

    /// Returns the call as shown to an approver.
    pub fn approval_request(&self) -> ApprovalRequest<'_> {
        ApprovalRequest {
            account: &self.record.account,
            tool: self.record.tool,
            arguments: &self.record.arguments,
            digest: &self.digest,
        }
    }

    pub(crate) fn record(&self) -> &CallRecord {
        &self.record
    }

    /// Takes the call apart for sending: its record, its size limit, and its request.
    pub(super) fn into_parts(self) -> (CallRecord, Option<usize>, PreparedCall) {
        (self.record, self.max_bytes, self.call)
    }
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared")
            .field("account", &self.record.account)
            .field("tool", &self.record.tool)
            .field("digest", &self.digest)
            .finish_non_exhaustive()
    }
}
