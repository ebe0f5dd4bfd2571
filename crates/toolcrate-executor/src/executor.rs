//! Runs tools: a call that isn't offered or lacks an approval is rejected, and every call is counted and audited.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use toolcrate_runtime::{Account, Client, Error, ExecuteOptions, Outcome, RateLimit, Tool};
use tracing::Instrument;

use crate::approval::{Approval, ApprovalRequest, Approvals, Consent};
use crate::audit::AuditEntry;
use crate::call_outcome::CallOutcome;
use crate::context::ExecutionContext;
use crate::custom_fields::CustomFieldsCache;
use crate::error::{ExecuteError, was_not_made};
use crate::in_flight::InFlight;
use crate::limits::ExecutionLimits;
use crate::list_changes::ToolListChanges;
use crate::outcome::truncate_outcome;
use crate::principal::Principal;
use crate::tool_filter::ToolFilter;
use crate::trace::TraceContext;

/// Runs the tools of one account.
#[derive(Clone)]
pub struct ToolExecutor {
    account: Arc<str>,
    client: Client,
    filter: ToolFilter,
    context: Arc<ExecutionContext>,
    custom_fields: CustomFieldsCache,
    has_approvers: bool,
}

impl ToolExecutor {
    /// Creates an executor that runs the tools of `filter` through `client`, for the account of this name.
    pub fn new(account: &str, client: Client, filter: ToolFilter, context: Arc<ExecutionContext>) -> Self {
        let (account, custom_fields) = (account.into(), CustomFieldsCache::default());
        Self { account, client, filter, context, custom_fields, has_approvers: false }
    }

    /// Sets whether the account has approvers, who alone decide about its calls then.
    #[must_use]
    pub fn with_approvers(self, has_approvers: bool) -> Self {
        Self { has_approvers, ..self }
    }

    /// Reads the custom fields of the account when they are needed, and announces them through `changes`.
    #[must_use]
    pub fn with_custom_fields(self, changes: ToolListChanges) -> Self {
        let custom_fields = CustomFieldsCache::new(self.filter.catalog(), changes);
        Self { custom_fields, ..self }
    }

    /// The same executor with other tools.
    #[must_use]
    pub fn with_filter(&self, filter: ToolFilter) -> Self {
        Self { filter, ..self.clone() }
    }

    /// Which tools are offered.
    pub fn filter(&self) -> &ToolFilter {
        &self.filter
    }

    /// Which calls need approval and which have it.
    pub fn approvals(&self) -> &Approvals {
        &self.context.approvals
    }

    /// A call for this account, as an approver sees it.
    pub fn approval_request<'a>(&'a self, tool: Tool, arguments: &'a Value) -> ApprovalRequest<'a> {
        ApprovalRequest { account: &self.account, tool, arguments }
    }

    /// The custom fields of the account.
    pub fn custom_fields(&self) -> &CustomFieldsCache {
        &self.custom_fields
    }

    /// The account with its custom fields. See [`CustomFieldsCache::get_or_fetch`].
    pub async fn account(&self) -> Option<Account> {
        self.custom_fields.get_or_fetch(&self.client).await
    }

    /// The account with its current custom fields. See [`CustomFieldsCache::refresh`].
    pub async fn refresh_account(&self) -> Option<Account> {
        self.custom_fields.refresh(&self.client).await
    }

    /// The client of the account.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The calls of the process that are in flight.
    pub fn in_flight(&self) -> &InFlight {
        &self.context.in_flight
    }

    /// The limits of results.
    pub fn limits(&self) -> ExecutionLimits {
        self.context.limits
    }

    /// Runs a tool.
    ///
    /// # Errors
    /// Returns an error if the tool isn't offered, needs approval, can't be audited, or fails.
    pub async fn execute(
        &self,
        principal: Principal,
        tool: Tool,
        arguments: &Value,
        options: &ExecuteOptions,
    ) -> Result<Outcome, ExecuteError> {
        self.execute_with_consent(principal, tool, arguments, options, Consent::None).await
    }

    /// Runs a tool for a caller who presents an approval, if the call needs one.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub async fn execute_with_consent(
        &self,
        principal: Principal,
        tool: Tool,
        arguments: &Value,
        options: &ExecuteOptions,
        consent: Consent<'_>,
    ) -> Result<Outcome, ExecuteError> {
        if !self.filter.allows(tool) {
            self.record_rejection(principal, tool, arguments, "not_offered");
            return Err(ExecuteError::NotOffered(tool.short_name()));
        }
        let (trace, account) = (TraceContext::current(), &*self.account);
        let entry = self.audit_entry(principal, tool, arguments, &trace);
        let needs_approval = self.context.approvals.is_required(tool);
        // Nobody is asked about a call that can't be made, and it does not start.
        let invalid = match needs_approval || entry.writes {
            true => self.client.prepare_with(tool, arguments, options).err(),
            false => None,
        };
        let approval = match (needs_approval, &invalid) {
            (true, None) => Some(self.approve(&entry, consent).await?),
            _ => None,
        };
        let entry = AuditEntry { approved_by: approval.as_ref().map(Approval::by), ..entry };
        let span = tracing::info_span!(
            "call",
            account,
            by = principal.transport(),
            tool = tool.short_name(),
            trace_id = %trace.id()
        );
        let mut running =
            RunningCall { context: &self.context, entry, started: Instant::now(), span, has_ended: false };
        if let Some(error) = invalid {
            running.has_ended = true;
            running.report(CallOutcome::Error(&error), error.rate_limit());
            self.context.audit.reject(&entry, error.kind().as_str()).map_err(ExecuteError::NotAudited)?;
            return Err(ExecuteError::Failed(Box::new(error)));
        }
        if let Err(error) = self.context.audit.start(&entry) {
            running.has_ended = true;
            drop(running);
            if let Some(approval) = approval {
                self.context.approvals.restore(approval).await;
            }
            return Err(ExecuteError::NotAudited(error));
        }
        // The API is told which trace its request belongs to.
        let client = self.client.with_headers(trace.headers());
        let options = self.limits().apply(options);
        let result = client.execute_with(tool, arguments, &options).instrument(running.span.clone()).await;
        let result = result.map(|outcome| truncate_outcome(outcome, options.max_bytes));
        running.end(result.as_ref());
        if let (Err(error), Some(approval)) = (&result, approval)
            && was_not_made(error)
        {
            self.context.approvals.restore(approval).await;
        }
        result.map_err(|error| ExecuteError::Failed(Box::new(error)))
    }

    /// Records in the audit log that a call was rejected, and why.
    pub fn record_rejection(&self, principal: Principal, tool: Tool, arguments: &Value, reason: &str) {
        let entry = self.audit_entry(principal, tool, arguments, &TraceContext::current());
        // The call is rejected either way.
        if let Err(error) = self.context.audit.reject(&entry, reason) {
            tracing::error!(%error, "the audit log can't be written");
        }
    }

    fn audit_entry<'a>(
        &'a self,
        principal: Principal,
        tool: Tool,
        arguments: &'a Value,
        trace: &TraceContext,
    ) -> AuditEntry<'a> {
        let writes = !tool.annotations().read_only_hint;
        let (account, approved_by, trace, span) = (&*self.account, None, trace.id(), trace.span_id());
        AuditEntry { account, principal, tool, writes, arguments, approved_by, trace, span }
    }

    /// Redeems the approval of a call.
    async fn approve(&self, entry: &AuditEntry<'_>, consent: Consent<'_>) -> Result<Approval, ExecuteError> {
        let request = self.approval_request(entry.tool, entry.arguments);
        let redeemed = self.context.approvals.redeem(request, consent, self.has_approvers).await;
        redeemed.map_err(|error| {
            let written = self.context.audit.reject(entry, error.kind().as_str());
            written.map_or_else(ExecuteError::NotAudited, |()| ExecuteError::Approval(Box::new(error)))
        })
    }
}

/// A call that was started. If its future is dropped, nothing after it runs, so the call is counted and audited when it
/// is dropped.
struct RunningCall<'a> {
    context: &'a ExecutionContext,
    entry: AuditEntry<'a>,
    started: Instant,
    span: tracing::Span,
    has_ended: bool,
}

impl RunningCall<'_> {
    fn end(mut self, result: Result<&Outcome, &Error>) {
        self.has_ended = true;
        match result {
            Ok(outcome) => self.record(CallOutcome::Success(outcome.status), outcome.rate_limit),
            Err(error) => self.record(CallOutcome::Error(error), error.rate_limit()),
        }
    }

    fn record(&self, outcome: CallOutcome<'_>, limit: RateLimit) {
        self.report(outcome, limit);
        // The call was made; a line that can't be written stops the next one.
        if let Err(error) = self.context.audit.end(&self.entry, outcome, self.started.elapsed()) {
            tracing::error!(%error, "the audit log can't be written");
        }
    }

    /// Counts and logs the call.
    fn report(&self, outcome: CallOutcome<'_>, limit: RateLimit) {
        let duration = self.started.elapsed();
        self.context.metrics.record(self.entry.account, self.entry.tool, outcome, limit, duration);
        let (status, ms) = (outcome.status(), milliseconds(duration));
        self.span.in_scope(|| tracing::info!(outcome = outcome.as_str(), status, ms, "called"));
    }
}

impl Drop for RunningCall<'_> {
    fn drop(&mut self) {
        if !self.has_ended {
            self.record(CallOutcome::Canceled, RateLimit::default());
        }
    }
}

/// A duration in milliseconds, to the microsecond, for logs.
pub fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}
