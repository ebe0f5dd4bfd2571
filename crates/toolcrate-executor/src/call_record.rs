//! Records calls in the audit log, the metrics and the log.

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

/// Everything that is recorded about a call, regardless of its outcome.
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
    /// Returns the call's audit entry.
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

    /// Records in the audit log that the call was rejected, with the reason.
    pub(crate) fn reject(&self, reason: &str) -> Result<(), Rejection> {
        Ok(self.context.audit.reject(&self.audit_entry(), reason)?)
    }

    /// Creates the call's span. Its name and attributes follow OpenTelemetry's semantic conventions.
    pub(crate) fn span(&self) -> tracing::Span {
        tracing::info_span!(
            "execute_tool",
            gen_ai.operation.name = "execute_tool",
            gen_ai.tool.name = self.tool.short_name(),
            account = &*self.account,
            transport = self.principal.transport(),
            trace_id = %self.trace.id()
        )
    }

    /// Records the call's outcome in metrics and in the log.
    pub(crate) fn publish(
        &self,
        span: &tracing::Span,
        outcome: CallOutcome<'_>,
        limit: RateLimit,
        started: Instant,
    ) {
        let duration = started.elapsed();
        self.context.metrics.record(&self.account, self.tool, outcome, limit, duration);
        let (status, duration_ms) = (outcome.status(), milliseconds(duration));
        span.in_scope(|| {
            tracing::info!(
                outcome = outcome.as_str(),
                error.r#type = outcome.error_type(),
                http.response.status_code = status,
                duration_ms,
                "tool executed"
            );
        });
    }
}
