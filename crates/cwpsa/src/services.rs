//! Sets up what a server needs to execute calls: the audit log, approvals and limits.

use std::sync::Arc;
use std::time::Duration;

use connectwise_psa::CATALOG;
use toolcrate_executor::{ApprovalPolicy, Approvals, AuditLog, ExecutionContext, ExecutionLimits, InFlight};
use toolcrate_store::SharedStore;

use crate::error::CliError;
use crate::metrics::Metrics;
use crate::settings::SettingValues;

/// Timeout for the API's response to a server. Clients have longer timeouts.
pub const UPSTREAM_TIMEOUT: Duration = Duration::from_secs(25);

/// Opens the audit log and sets up limits and approvals, which are stored in `store`.
///
/// # Errors
/// Returns an error if the log can't be opened, or if the approval policy matches no tool.
pub fn execution_context(
    values: &SettingValues,
    store: SharedStore,
    metrics: &Metrics,
) -> Result<Arc<ExecutionContext>, CliError> {
    let audit = AuditLog::open(values.audit.as_deref())
        .map_err(|error| CliError::Local(format!("can't open the audit log: {error}")))?;
    let policy = ApprovalPolicy::new(&CATALOG, &values.approve)
        .map_err(|error| CliError::Usage(format!("--approve: {error}")))?;
    let approvals = Approvals::new(policy, store).with_setup_hint(
        "Use an MCP client that supports elicitation, or configure an approver on the server: CWPSA_APPROVER_TOKEN, or \
         approver_tokens_env in the settings file.",
    );
    let in_flight = InFlight::new(Duration::from_secs(values.grace));
    let upstream_timeout = values.upstream_timeout_or(UPSTREAM_TIMEOUT);
    let limits = ExecutionLimits { max_rows: values.max_rows, max_bytes: values.max_bytes, upstream_timeout };
    let metrics = metrics.calls.clone();
    Ok(Arc::new(ExecutionContext { metrics, audit, approvals, in_flight, limits }))
}
