//! Starts and stops servers.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use connectwise_psa::runtime::Value;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use toolcrate_listener::Listener;

use super::router;
use super::settings::MockServerSettings;
use super::state::ServerState;
use crate::callbacks::Callbacks;
use crate::connectwise::paths::BASE_PATH;
use crate::engine::mock_engine::MockEngine;
use crate::fault_injection::FaultInjector;

/// How long in-flight requests may take when the server stops.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);

/// A running server. Dropping it aborts all requests; [`stop`](Self::stop) lets them finish.
#[derive(Debug)]
pub struct MockServer {
    address: SocketAddr,
    state: Arc<ServerState>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

/// Starts a server on the current tokio runtime.
///
/// # Errors
/// Returns an error if the address can't be listened on, or if a fault rule is invalid.
pub async fn serve(engine: Arc<dyn MockEngine>, settings: MockServerSettings) -> io::Result<MockServer> {
    let invalid = |error| io::Error::new(io::ErrorKind::InvalidInput, error);
    let faults = FaultInjector::new(settings.faults.clone()).map_err(invalid)?;
    let mut listener = Listener::bind(settings.listen).await?.with_drain_timeout(DRAIN_TIMEOUT);
    if let Some(certificate) = &settings.tls {
        listener = listener.with_tls(certificate.acceptor());
    }
    let address = listener.local_address()?;
    let company = settings.companies.first().cloned().unwrap_or_default();
    let server_url = format!("{}://{address}", settings.scheme());
    let callbacks = Callbacks::start(&engine, settings.callbacks.clone(), &server_url, &company)?;
    let state = Arc::new(ServerState { engine, settings, address, faults, callbacks });
    let (stop, stopped) = oneshot::channel();
    let shared = state.clone();
    let service = tower::service_fn(move |request| {
        let state = shared.clone();
        async move { router::route(&state, request).await }
    });
    // The sender is dropped with the server, whose task is then aborted.
    let task = tokio::spawn(listener.serve(service, async {
        let _ = stopped.await;
    }));
    Ok(MockServer { address, state, stop: Some(stop), task })
}

impl MockServer {
    /// Returns the address that the server listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the base URL of the API: `http://127.0.0.1:9090/v4_6_release/apis/3.0`.
    pub fn base_url(&self) -> String {
        format!("{}://{}{BASE_PATH}", self.state.settings.scheme(), self.address)
    }

    /// Returns the fault injector, which can be changed while the server runs.
    pub fn faults(&self) -> &FaultInjector {
        &self.state.faults
    }

    /// Returns the results of the most recent callback deliveries, newest last.
    pub fn deliveries(&self) -> Vec<Value> {
        self.state.callbacks.deliveries()
    }

    /// Stops accepting connections and waits up to five seconds for in-flight requests.
    pub async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        let _ = (&mut self.task).await;
    }
}

impl Drop for MockServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}
