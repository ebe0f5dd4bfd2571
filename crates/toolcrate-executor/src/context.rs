//! State shared by all executors in a process.

use crate::approval::Approvals;
use crate::audit::AuditLog;
use crate::in_flight::InFlight;
use crate::limits::ExecutionLimits;
use crate::metrics::CallMetrics;

/// State shared by all executors of a process.
pub struct ExecutionContext {
    /// Metrics of calls.
    pub metrics: CallMetrics,
    /// The audit log.
    pub audit: AuditLog,
    /// The calls in flight.
    pub in_flight: InFlight,
    /// Limits of results.
    pub limits: ExecutionLimits,
    /// The approval policy, and pending and granted approvals.
    pub approvals: Approvals,
}
