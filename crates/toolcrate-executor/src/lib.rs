//! Policy around tool calls: filters, approvals, audit log, idempotency, limits, metrics and tracing.
//!
//! A [`ToolExecutor`] runs the tools of one account. It rejects tools that its [`ToolFilter`] doesn't allow and calls that
//! lack a required approval, records every call in the [`AuditLog`], and limits results. What all executors of a process
//! share is their [`ExecutionContext`]. An [`IdempotencyStore`] makes sure that a write which arrives twice is made once.

mod approval;
mod audit;
mod call_outcome;
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
mod limits;
mod list_changes;
mod metrics;
mod outcome;
mod principal;
mod redact;
mod tool_class;
mod tool_filter;
mod toolsets;
mod trace;

pub use approval::{
    APPROVAL_TTL, Approval, ApprovalDecision, ApprovalError, ApprovalErrorKind, ApprovalPolicy,
    ApprovalPolicyError, ApprovalRequest, Approvals, Consent, PendingApproval, approval_prompt,
};
pub use audit::{AuditError, AuditLog};
pub use context::ExecutionContext;
pub use custom_fields::{CustomFieldsCache, custom_fields_version, input_schema_for};
pub use error::ExecuteError;
pub use executor::{ToolExecutor, milliseconds};
pub use fingerprint::{sha256_hex, short_fingerprint};
pub use idempotency::{
    IdempotencyError, IdempotencyKey, IdempotencyStore, IdempotentResponse, StoredResponse,
};
pub use in_flight::{InFlight, InFlightToken};
pub use limits::ExecutionLimits;
pub use list_changes::ToolListChanges;
pub use metrics::CallMetrics;
pub use outcome::{is_body_omitted, outcome_to_json, truncate_outcome};
pub use principal::Principal;
pub use tool_class::{ToolClass, UnknownToolClass};
pub use tool_filter::{ToolFilter, ToolFilterError, ToolFilterSpec};
pub use toolsets::Toolsets;
pub use trace::{TraceContext, TraceId};
