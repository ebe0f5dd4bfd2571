//! An HTTP/1.1 accept loop with timeouts, a connection limit, optional TLS and graceful shutdown.
//!
//! [`Listener::serve`] passes every request to a [`tower_service::Service`], such as an `axum::Router`, until
//! a future resolves, usually [`shutdown_signal`]. It then stops accepting connections and returns once
//! in-flight requests are complete. Dropping the future that `serve` returns closes every connection immediately.
//!
//! ```no_run
//! use toolcrate_listener::{Listener, shutdown_signal};
//!
//! # async fn example(router: axum::Router) -> std::io::Result<()> {
//! let listener = Listener::bind("127.0.0.1:8080".parse().unwrap()).await?;
//! listener.serve(router, shutdown_signal()).await;
//! # Ok(())
//! # }
//! ```

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

mod busy_response_body;
mod idle_connections;
mod listener;
mod loopback;
mod request_body;
mod shutdown;

pub use listener::{Listener, PeerAddress, Timeouts};
pub use loopback::LOOPBACK_NAMES;
pub use request_body::RequestBody;
pub use shutdown::shutdown_signal;
