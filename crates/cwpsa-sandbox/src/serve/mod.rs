//! The network: an HTTP server around an engine.
//!
//! It binds to a loopback address unless told otherwise, keeps connections alive, reads each request whole
//! and hands it to the engine; faults may come between. Beside the API, which is below
//! `/v4_6_release/apis/3.0` and below any other codebase (`/v2025_1/apis/3.0`), it answers:
//!
//! - `GET /login/companyinfo/{companyId}`: where the API is, as login servers say it;
//! - `GET /{codebase}/system/callbackkey/index.rails?companyName=…&id=…`: the key that callbacks are signed
//!   with;
//! - `/_sandbox/faults` and `/_sandbox/callbacks`: for tests, see [`control`](self#control).
//!
//! # Control
//! A caller from a loopback address may use the control endpoints, others need the header
//! `x-sandbox-token` with the token of the settings. `GET /_sandbox/faults` tells the faults and their counts,
//! `PUT` puts others in their place ([`FaultSettings`]), `POST` adds one rule, `DELETE` takes them all away.
//! `GET /_sandbox/callbacks` tells the last deliveries. Bodies are JSON and must say so.

mod accept;
mod api;
mod body;
mod control;
mod discovery;
mod place;
mod reply;
mod tls;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use connectwise_psa::runtime::{Secret, Value};

use crate::callbacks::{CallbackSettings, Callbacks};
use crate::faults::{FaultSettings, Faults};
use crate::{Answer, Call, Event, Sandbox};

pub use tls::Tls;

pub(crate) use reply::guid;

/// What answers calls: the sandbox's engine, or a stand-in of it in tests.
pub trait Engine: Send + Sync + 'static {
    /// Answers one call. It may take as long as a search through all records does, and no longer.
    fn answer(&self, call: &Call) -> Answer;

    /// The records of `/system/callbacks`.
    fn callbacks(&self) -> Vec<Value>;

    /// Makes a callback inactive, as the API does with one that keeps failing.
    fn disable_callback(&self, id: i64);

    /// Calls `listener` for each change, after it was stored.
    fn on_event(&self, listener: Box<dyn Fn(&Event) + Send + Sync>);
}

impl Engine for Sandbox {
    fn answer(&self, call: &Call) -> Answer {
        Self::answer(self, call)
    }

    fn callbacks(&self) -> Vec<Value> {
        Self::callbacks(self)
    }

    fn disable_callback(&self, id: i64) {
        Self::disable_callback(self, id);
    }

    fn on_event(&self, listener: Box<dyn Fn(&Event) + Send + Sync>) {
        Self::on_event(self, listener);
    }
}

/// What a server is started with.
#[derive(Clone, Debug)]
pub struct ServerSettings {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Encryption; none if nothing is said.
    pub tls: Option<Tls>,
    /// The company ids that log in here.
    pub companies: Vec<String>,
    /// Larger bodies are refused with 413.
    pub max_body: usize,
    /// Longer addresses (path and query) are refused with 414.
    pub max_address: usize,
    /// What lets a caller from elsewhere use the control endpoints.
    pub control_token: Option<Secret>,
    /// What goes wrong.
    pub faults: FaultSettings,
    /// How callbacks are delivered.
    pub callbacks: CallbackSettings,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            tls: None,
            companies: vec!["acme".to_owned()],
            max_body: 64 << 20,
            max_address: 8 << 10,
            control_token: None,
            faults: FaultSettings::default(),
            callbacks: CallbackSettings::default(),
        }
    }
}

impl ServerSettings {
    /// `https` or `http`.
    fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }
}

/// A server that runs. Dropping it stops it at once; [`stop`](Self::stop) lets requests under way end.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// What all connections share.
struct Shared {
    engine: Arc<dyn Engine>,
    settings: ServerSettings,
    address: SocketAddr,
    faults: Faults,
    callbacks: Callbacks,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Starts a server in the background of the current tokio runtime.
///
/// # Errors
/// The address can't be listened at, or a fault makes no sense.
pub async fn serve(engine: Arc<dyn Engine>, settings: ServerSettings) -> io::Result<Server> {
    let invalid = |error| io::Error::new(io::ErrorKind::InvalidInput, error);
    let faults = Faults::new(settings.faults.clone()).map_err(invalid)?;
    let listener = TcpListener::bind(settings.listen).await?;
    let address = listener.local_addr()?;
    let company = settings.companies.first().cloned().unwrap_or_default();
    let base = format!("{}://{address}", settings.scheme());
    let callbacks = Callbacks::start(&engine, settings.callbacks.clone(), &base, &company)?;
    let shared = Arc::new(Shared { engine, settings, address, faults, callbacks });
    let (stop, stopped) = watch::channel(false);
    let task = tokio::spawn(accept::run(listener, shared.clone(), stopped));
    Ok(Server { address, shared, stop, task })
}

impl Server {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The root of the API: `http://127.0.0.1:9090/v4_6_release/apis/3.0`.
    pub fn root(&self) -> String {
        let scheme = self.shared.settings.scheme();
        format!("{scheme}://{}/v4_6_release/apis/3.0", self.address)
    }

    /// What goes wrong, to be changed while it runs.
    pub fn faults(&self) -> &Faults {
        &self.shared.faults
    }

    /// What became of the last callbacks, newest last.
    pub fn deliveries(&self) -> Vec<Value> {
        self.shared.callbacks.deliveries()
    }

    /// Takes no new connections, and waits until requests under way have their answers, five seconds at most.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        let _ = (&mut self.task).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        self.task.abort();
    }
}
