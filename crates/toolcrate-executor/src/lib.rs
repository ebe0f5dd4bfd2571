//! Applies policies to tool calls: filters, approvals, audit log, idempotency, limits, metrics and tracing.
//!
//! A [`ToolExecutor`] runs the tools of one account. All executors in a process share an [`ExecutionContext`]. A call
//! passes through stages, each represented by its own type:
//!
//! | stage | created by | guarantee |
//! | --- | --- | --- |
//! | [`ToolCall`] | the caller | nothing |
//! | [`Prepared`] | [`ToolExecutor::prepare`] | the tool is exposed; the arguments are decoded and valid; the request is built |
//! | [`Approved`] | [`ToolExecutor::approve`] | the call requires no approval, or a person approved exactly this call |
//! | [`Started`] | [`ToolExecutor::start`] | the audit log has an entry for the call if it may change data |
//! | [`Outcome`](toolcrate_runtime::Outcome) | [`Started::send`] | the result is within limits; the outcome is recorded in the audit log and metrics |
//!
//! A [`Prepared`] call's request is built once and never changes: it is what a person approves, what the
//! [digest](Prepared::digest) identifies, what the audit log records, what an [`IdempotencyKey`] covers, and what is
//! sent. The types rule out any other order:
//!
//! ```compile_fail,E0308
//! # use toolcrate_executor::{Prepared, ToolExecutor};
//! async fn send_without_approval(executor: &ToolExecutor, prepared: Prepared) {
//!     // A call that wasn't approved can't be started.
//!     let _ = executor.start(prepared).await;
//! }
//! ```
//!
//! ```compile_fail,E0599
//! # use toolcrate_executor::Approved;
//! async fn send_without_audit_line(approved: Approved) {
//!     // A call that wasn't started can't be sent.
//!     let _ = approved.send().await;
//! }
//! ```
//!
//! ```compile_fail,E0382
//! # use toolcrate_executor::Started;
//! async fn send_twice(started: Started) {
//!     // Sending consumes the call.
//!     let _ = started.send().await;
//!     let _ = started.send().await;
//! }
//! ```
//!
//! ```compile_fail,E0451
//! # use toolcrate_executor::{Approved, Prepared};
//! fn approve_without_asking(prepared: Prepared) -> Approved {
//!     // Only the executor approves.
//!     Approved { prepared, approval: None }
//! }
//! ```
//!
//! # Example
//!
//! ```
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use toolcrate_executor::{
//!     ApprovalPolicy, Approvals, AuditLog, CallMetrics, Consent, ExecuteError, ExecutionContext, ExecutionLimits, InFlight,
//!     Principal, ToolCall, ToolExecutor, ToolFilter,
//! };
//! use toolcrate_runtime::{Catalog, Client, ExecuteOptions, Outcome, Value};
//! use toolcrate_store::MemoryStore;
//!
//! fn executor(catalog: &'static Catalog, client: Client) -> ToolExecutor {
//!     let context = ExecutionContext {
//!         metrics: CallMetrics::register(&mut Default::default()),
//!         audit: AuditLog::new(Box::new(std::io::stderr())),
//!         in_flight: InFlight::new(Duration::from_secs(30)),
//!         limits: ExecutionLimits { max_rows: 1000, max_bytes: None, upstream_timeout: Duration::from_secs(25) },
//!         approvals: Approvals::new(ApprovalPolicy::default(), Arc::new(MemoryStore::default())),
//!     };
//!     ToolExecutor::new("acme", client, ToolFilter::all(catalog), Arc::new(context))
//! }
//!
//! async fn call(executor: &ToolExecutor, name: &str, arguments: &Value) -> Result<Outcome, ExecuteError> {
//!     let principal = Principal::anonymous("http");
//!     let tool = executor.resolve(name)?;
//!     let call = ToolCall { principal, tool, arguments, options: ExecuteOptions::default() };
//!     executor.execute(call, Consent::None).await
//! }
//! ```

mod approval;
mod audit;
mod audit_file;
mod call_outcome;
mod call_record;
mod clock;
mod context;
mod custom_fields;
mod error;
mod executor;
mod fingerprint;
#[cfg(test)]
mod fixture;
mod idempotency;
mod in_flight;
mod json_limit;
mod limits;
mod list_changes;
mod metrics;
mod outcome;
mod principal;
mod product;
mod redact;
mod redact_expression;
mod secret_names;
mod stages;
mod tool_call;
mod tool_filter;
mod tool_json;
mod toolsets;
mod trace;

pub use approval::{
    APPROVAL_TTL, Approval, ApprovalDecision, ApprovalError, ApprovalErrorKind, ApprovalPolicy,
    ApprovalPolicyError, ApprovalRequest, Approvals, Consent, PendingApproval, approval_prompt,
};
pub use audit::{AuditError, AuditLog};
pub use clock::milliseconds;
pub use context::ExecutionContext;
pub use custom_fields::{CustomFieldsCache, custom_fields_version, input_schema_for};
pub use error::{ExecuteError, Rejection};
pub use executor::ToolExecutor;
pub use fingerprint::{sha256_hex, short_fingerprint};
pub use idempotency::{
    IdempotencyError, IdempotencyKey, IdempotencyStore, IdempotentResponse, StoredResponse,
};
pub use in_flight::{InFlight, InFlightToken};
pub use json_limit::{MAX_ERROR_BYTES, limit_json, limit_text};
pub use limits::ExecutionLimits;
pub use list_changes::ToolListChanges;
pub use metrics::CallMetrics;
pub use outcome::{caller_notes, outcome_to_json, truncate_outcome};
pub use principal::Principal;
pub use product::{Product, PromptPlaceholder, PromptTemplate, PromptValueSource};
pub use stages::{Approved, Prepared, Started, Unapproved};
pub use tool_call::ToolCall;
pub use tool_filter::{ToolFilter, ToolFilterError, ToolFilterSpec};
pub use tool_json::{describe_tool, tool_to_json};
pub use toolcrate_runtime::catalog::{ToolClass, UnknownToolClass};
pub use toolsets::Toolsets;
pub use trace::{TraceContext, TraceId};
