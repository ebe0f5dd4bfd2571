//! Waits for the signals that ask a process to shut down.

/// Resolves on SIGTERM or Ctrl-C.
///
/// The handlers are installed when this function is called, not when the future is first polled. Call it
/// before announcing that the server is ready, because a signal without a handler ends the process.
pub fn shutdown_signal() -> impl Future<Output = ()> + Send + 'static {
    #[cfg(unix)]
    let signals = {
        use tokio::signal::unix::{SignalKind, signal};
        [SignalKind::terminate(), SignalKind::interrupt()].map(signal)
    };
    async move {
        #[cfg(unix)]
        {
            let [terminate, interrupt] = signals.map(|signal| async {
                match signal {
                    Ok(mut signal) => {
                        signal.recv().await;
                    }
                    // Without a handler, the default action applies: the signal kills the process.
                    Err(_) => std::future::pending().await,
                }
            });
            tokio::select! {
                () = terminate => {}
                () = interrupt => {}
            }
        }
        #[cfg(not(unix))]
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
