//! What is recorded about a call: audit lines, metrics and a log line.

use std::sync::Arc;
use std::time::Instant;

use serde_json::Value;
use toolcrate_runtime::{RateLimit, Tool};

use crate::audit::AuditEntry;
use crate::call_outcome::CallOutcome;
use crate::clock::milliseconds;
use crate::context::ExecutionContext;
use crate::error::Rejection;
use crate::principal::Principal;
use crate::trace::TraceContext;

/// Everything about a call that is recorded, whatever becomes of it.
pub(crate) struct CallRecord {
    pub(crate) account: Arc<str>,
    pub(crate) principal: Principal,
    pub(crate) tool: Tool,
    pub(crate) arguments: Value,
    pub(crate) is_write: bool,
    pub(crate) approved_by: Option<String>,
    pub(crate) trace: TraceContext,
    pub(crate) context: Arc<ExecutionContext>,
}

impl CallRecord {
    /// The call as the audit log records it.
    pub(crate) fn audit_entry(&self) -> AuditEntry<'_> {
        AuditEntry {
            account: &self.account,
            principal: self.principal,
            tool: self.tool,
            is_write: self.is_write,
            arguments: &self.arguments,
            approved_by: self.approved_by.as_deref(),
            trace: self.trace.id(),
            span: self.trace.span_id(),
        }
    }

    /// Records in the audit log that the call was rejected, and why.
    pub(crate) fn reject(&self, reason: &str) -> Result<(), Rejection> {
        Ok(self.context.audit.reject(&self.audit_entry(), reason)?)
    }

    /// The span of the call in logs.
    pub(crate) fn span(&self) -> tracing::Span {
        tracing::info_span!(
            "call",
            account = &*self.account,
            by = self.principal.transport(),
            tool = self.tool.short_name(),
            trace_id = %self.trace.id()
        )
    }

    /// Counts and logs how the call ended.
    pub(crate) fn publish(
        &self,
        span: &tracing::Span,
        outcome: CallOutcome<'_>,
        limit: RateLimit,
        started: Instant,
    ) {
        let duration = started.elapsed();
        self.context.metrics.record(&self.account, self.tool, outcome, limit, duration);
        let (status, ms) = (outcome.status(), milliseconds(duration));
        span.in_scope(|| tracing::info!(outcome = outcome.as_str(), status, ms, "called"));
    }
}
