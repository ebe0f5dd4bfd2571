//! Reopens the audit log on SIGHUP, so that it can be rotated.

use std::sync::Arc;

use toolcrate_executor::ExecutionContext;

/// Reopens the audit log on each SIGHUP from now on. A moved file is also detected without a signal, but only on the
/// next call.
pub fn reopen_at_hangup(context: &Arc<ExecutionContext>) {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut signals) = signal(SignalKind::hangup()) else { return };
        let context = Arc::clone(context);
        tokio::spawn(async move {
            while signals.recv().await.is_some() {
                if let Err(error) = context.audit.reopen() {
                    tracing::error!(%error, "can't reopen the audit log; calls are rejected until it can be opened");
                }
            }
        });
    }
    #[cfg(not(unix))]
    let _ = context;
}
