//! Starts and stops servers.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use connectwise_psa::runtime::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::listener;
use super::settings::MockServerSettings;
use super::state::ServerState;
use crate::callbacks::Callbacks;
use crate::connectwise::paths::BASE_PATH;
use crate::engine::mock_engine::MockEngine;
use crate::fault_injection::FaultInjector;

/// A running server. Dropping it aborts all requests; [`stop`](Self::stop) lets them finish.
#[derive(Debug)]
pub struct MockServer {
    address: SocketAddr,
    state: Arc<ServerState>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// Starts a server on the current tokio runtime.
///
/// # Errors
/// The address can't be listened on, or a fault rule is invalid.
pub async fn serve(engine: Arc<dyn MockEngine>, settings: MockServerSettings) -> io::Result<MockServer> {
    let invalid = |error| io::Error::new(io::ErrorKind::InvalidInput, error);
    let faults = FaultInjector::new(settings.faults.clone()).map_err(invalid)?;
    let listener = TcpListener::bind(settings.listen).await?;
    let address = listener.local_addr()?;
    let company = settings.companies.first().cloned().unwrap_or_default();
    let server_url = format!("{}://{address}", settings.scheme());
    let callbacks = Callbacks::start(&engine, settings.callbacks.clone(), &server_url, &company)?;
    let state = Arc::new(ServerState { engine, settings, address, faults, callbacks });
    let (stop, stopped) = watch::channel(false);
    let task = tokio::spawn(listener::run(listener, state.clone(), stopped));
    Ok(MockServer { address, state, stop, task })
}

impl MockServer {
    /// Returns the address the server listens on.
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

    /// Returns the results of the last callback deliveries, the newest last.
    pub fn deliveries(&self) -> Vec<Value> {
        self.state.callbacks.deliveries()
    }

    /// Stops accepting connections and waits until requests in progress have finished, at most five seconds.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        let _ = (&mut self.task).await;
    }
}

impl Drop for MockServer {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        self.task.abort();
    }
}
