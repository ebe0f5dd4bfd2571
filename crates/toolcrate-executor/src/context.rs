//! State shared by all executors in a process.

use crate::approval::Approvals;
use crate::audit::AuditLog;
use crate::in_flight::InFlight;
use crate::limits::ExecutionLimits;
use crate::metrics::CallMetrics;

/// State shared by all executors in a process.
pub struct ExecutionContext {
    /// Call metrics.
    pub metrics: CallMetrics,
    /// The audit log.
    pub audit: AuditLog,
    /// In-flight calls.
    pub in_flight: InFlight,
    /// Limits on results.
    pub limits: ExecutionLimits,
    /// The approval policy, and pending and granted approvals.
    pub approvals: Approvals,
}
