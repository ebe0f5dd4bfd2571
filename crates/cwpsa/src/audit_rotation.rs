//! Opens the audit log again at SIGHUP, for programs that rotate logs.

use std::sync::Arc;

use toolcrate_executor::ExecutionContext;

/// Opens the file of the audit log again at each SIGHUP from now on. A file that was moved is noticed without a signal, too,
/// but only at the next call.
pub fn reopen_at_hangup(context: &Arc<ExecutionContext>) {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut signals) = signal(SignalKind::hangup()) else { return };
        let context = Arc::clone(context);
        tokio::spawn(async move {
            while signals.recv().await.is_some() {
                if let Err(error) = context.audit.reopen() {
                    tracing::error!(%error, "the audit log can't be opened again; no call is made until it can");
                }
            }
        });
    }
    #[cfg(not(unix))]
    let _ = context;
}
