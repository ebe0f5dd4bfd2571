//! Runs the tools of one account, passing each call through all stages.

use std::sync::Arc;

use serde_json::Value;
use toolcrate_runtime::{Account, Client, Outcome, Tool, json_size, run_cpu_bound};

use crate::approval::{Approvals, Consent};
use crate::call_record::CallRecord;
use crate::context::ExecutionContext;
use crate::custom_fields::CustomFieldsCache;
use crate::error::{ExecuteError, Rejection};
use crate::in_flight::InFlight;
use crate::limits::ExecutionLimits;
use crate::list_changes::ToolListChanges;
use crate::metrics::CallMetrics;
use crate::principal::Principal;
use crate::stages::{Approved, Prepared, Started, Unapproved};
use crate::tool_call::ToolCall;
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
    /// Creates an executor that runs the tools in `filter` through `client`, for the account with this name.
    pub fn new(account: &str, client: Client, filter: ToolFilter, context: Arc<ExecutionContext>) -> Self {
        let (account, custom_fields) = (account.into(), CustomFieldsCache::default());
        Self { account, client, filter, context, custom_fields, has_approvers: false }
    }

    /// Sets whether the account has approvers. If so, only they can approve its calls.
    #[must_use]
    pub fn with_approvers(self, has_approvers: bool) -> Self {
        Self { has_approvers, ..self }
    }

    /// Fetches the account's custom fields when they are needed, and announces them through `changes`.
    #[must_use]
    pub fn with_custom_fields(self, changes: ToolListChanges) -> Self {
        let custom_fields = CustomFieldsCache::new(changes);
        Self { custom_fields, ..self }
    }

    /// Returns the same executor with a different filter.
    #[must_use]
    pub fn with_filter(&self, filter: ToolFilter) -> Self {
        Self { filter, ..self.clone() }
    }

    /// Returns the filter for the exposed tools.
    pub fn filter(&self) -> &ToolFilter {
        &self.filter
    }

    /// Returns the approval policy, and pending and granted approvals.
    pub fn approvals(&self) -> &Approvals {
        &self.context.approvals
    }

    /// Returns the cache of the account's custom fields.
    pub fn custom_fields(&self) -> &CustomFieldsCache {
        &self.custom_fields
    }

    /// Returns the account with its custom fields. See [`CustomFieldsCache::get_or_fetch`].
    pub async fn account(&self) -> Option<Account> {
        self.custom_fields.get_or_fetch(&self.client).await
    }

    /// Returns the account with its current custom fields. See [`CustomFieldsCache::refresh`].
    pub async fn refresh_account(&self) -> Option<Account> {
        self.custom_fields.refresh(&self.client).await
    }

    /// Returns the account's client.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Returns the process's in-flight calls.
    pub fn in_flight(&self) -> &InFlight {
        &self.context.in_flight
    }

    /// Returns the call metrics.
    pub fn metrics(&self) -> &CallMetrics {
        &self.context.metrics
    }

    /// Returns the limits on results.
    pub fn limits(&self) -> ExecutionLimits {
        self.context.limits
    }

    /// Runs a call that requires no approval, or whose caller presents one.
    ///
    /// # Errors
    /// Returns an error whose variant indicates whether anything happened.
    pub async fn execute(&self, call: ToolCall<'_>, consent: Consent<'_>) -> Result<Outcome, ExecuteError> {
        let prepared = self.prepare(call).await?;
        self.execute_prepared(prepared, consent).await
    }

    /// Runs a prepared call that requires no approval, or whose caller presents one.
    ///
    /// # Errors
    /// Returns an error whose variant indicates whether anything happened.
    pub async fn execute_prepared(
        &self,
        prepared: Prepared,
        consent: Consent<'_>,
    ) -> Result<Outcome, ExecuteError> {
        let approved = self.approve(prepared, consent).await?;
        self.execute_approved(approved).await
    }

    /// Runs an approved call.
    ///
    /// # Errors
    /// Returns an error whose variant indicates whether anything happened.
    pub async fn execute_approved(&self, approved: Approved) -> Result<Outcome, ExecuteError> {
        self.start(approved).await?.send().await
    }

    /// Returns the tool with this full or short name.
    ///
    /// # Errors
    /// Returns a rejection with the nearest names if the tool doesn't exist or isn't exposed.
    pub fn resolve(&self, name: &str) -> Result<Tool, Rejection> {
        let tool =
            self.filter.catalog().resolve(name).map_err(|error| Rejection::Invalid(Box::new(error)))?;
        if self.filter.allows(tool) { Ok(tool) } else { Err(Rejection::NotOffered(tool.short_name())) }
    }

    /// Returns the tool with this full or short name, which is about to be called with these arguments. A call to a
    /// tool that isn't exposed is recorded in the audit log.
    ///
    /// # Errors
    /// Returns the same errors as [`resolve`](Self::resolve).
    pub fn resolve_call(
        &self,
        principal: Principal,
        name: &str,
        arguments: &Value,
    ) -> Result<Tool, Rejection> {
        self.resolve(name).inspect_err(|rejection| {
            let tool = match rejection {
                Rejection::NotOffered(tool) => self.filter.catalog().get(tool),
                _ => None,
            };
            if let Some(tool) = tool {
                self.record_rejection(principal, tool, arguments, "not_offered");
            }
        })
    }

    /// Checks that the tool is exposed, then decodes, validates and prepares the call. A call that writes custom fields
    /// fetches the account's definitions first, unless they are cached. A rejected call is recorded in the audit log.
    ///
    /// # Errors
    /// Returns a rejection if the tool isn't exposed, the call is invalid, or the audit log can't be written.
    pub async fn prepare(&self, call: ToolCall<'_>) -> Result<Prepared, Rejection> {
        let ToolCall { tool, arguments, .. } = call;
        if !self.filter.allows(tool) {
            self.record_rejection(call.principal, tool, arguments, "not_offered");
            return Err(Rejection::NotOffered(tool.short_name()));
        }
        if self.client.writes_custom_fields(tool, arguments) {
            self.account().await;
            // If the cache timed out, the definitions are fetched now, or the call is rejected.
            if let Err(error) = self.client.read_custom_fields_for(tool, arguments).await {
                self.record_rejection(call.principal, tool, arguments, error.kind().as_str());
                return Err(Rejection::Invalid(Box::new(error)));
            }
        }
        let prepare = || Prepared::prepare(&self.account, &self.client, &self.context, call);
        run_cpu_bound(json_size(arguments), prepare).await
    }

    /// Redeems the call's approval, if it requires one.
    ///
    /// # Errors
    /// Returns the call and the reason why it isn't approved.
    pub async fn approve(&self, prepared: Prepared, consent: Consent<'_>) -> Result<Approved, Unapproved> {
        Approved::approve(prepared, consent, self.has_approvers).await
    }

    /// Records the start of a call in the audit log. Only a started call can be [sent](Started::send).
    ///
    /// # Errors
    /// Returns a rejection if the audit log can't be written. In that case, the approval can be used again.
    pub async fn start(&self, approved: Approved) -> Result<Started, Rejection> {
        Started::start(approved).await
    }

    /// Records in the audit log that an unprepared call was rejected, and why.
    pub fn record_rejection(&self, principal: Principal, tool: Tool, arguments: &Value, reason: &str) {
        let record = CallRecord {
            account: Arc::clone(&self.account),
            principal,
            tool,
            arguments: arguments.clone(),
            is_write: !tool.annotations().read_only_hint,
            approved_by: None,
            trace: TraceContext::current(),
            context: Arc::clone(&self.context),
        };
        log_failure(record.reject(reason));
    }

    /// Records in the audit log that a prepared call was rejected, and why.
    pub fn record_prepared_rejection(&self, prepared: &Prepared, reason: &str) {
        log_failure(prepared.record().reject(reason));
    }
}

/// Logs that an audit entry is missing. The call is rejected either way.
fn log_failure(recorded: Result<(), Rejection>) {
    if let Err(error) = recorded {
        tracing::error!(%error, "can't write the audit log");
    }
}
