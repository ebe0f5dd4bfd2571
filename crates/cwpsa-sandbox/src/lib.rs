//! A mock ConnectWise PSA server that runs anywhere without an account. A single engine with in-memory records serves
//! every operation in the catalog.
//!
//! To start a server on a free port and get a client for it in a test:
//!
//! ```
//! use connectwise_psa::{ListQuery, service};
//! use cwpsa_sandbox::Sandbox;
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Sandbox::start().await?.client();
//! let tickets = service::list_tickets(&ListQuery::new().page_size(5)).send(&client).await?;
//! assert_eq!(tickets.len(), 5);
//! # Ok(())
//! # }
//! ```
//!
//! Rules inject faults. Rules that have a probability fire at random, and the same seed produces the same faults:
//!
//! ```
//! use std::time::Duration;
//!
//! use connectwise_psa::runtime::ErrorKind;
//! use connectwise_psa::{ListQuery, service};
//! use cwpsa_sandbox::Sandbox;
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let faults = ["too_many_requests=2 x1 GET /service/tickets", "html_error 5%"];
//! let sandbox = Sandbox::builder().faults(faults).seed(7).start().await?;
//! let error = service::list_tickets(&ListQuery::new()).send(&sandbox.client()).await.unwrap_err();
//! assert_eq!(error.kind(), ErrorKind::RateLimited);
//! assert_eq!(error.retry_after(), Some(Duration::from_secs(2)));
//! # Ok(())
//! # }
//! ```
//!
//! The server contains the records of a small tenant (use [`SandboxBuilder::records`] to add more records). Requests
//! are rejected unless they use the client's credentials. The server stops when the sandbox and its clients are
//! dropped.
//!
//! # Structure
//!
//! The engine takes a [`MockRequest`] and returns a [`MockResponse`]; it emits record changes as [`ChangeEvent`]s. The
//! engine is synchronous and does no network I/O, so it can be tested in isolation; [`server`] serves it over HTTP.
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use cwpsa_sandbox::server::{MockServerSettings, serve};
//! use cwpsa_sandbox::{Sandbox, SandboxSettings};
//!
//! async fn start() -> Result<(), Box<dyn std::error::Error>> {
//!     let sandbox = Arc::new(Sandbox::new(SandboxSettings::default())?);
//!     let server = serve(sandbox, MockServerSettings::default()).await?;
//!     println!("base URL: {}", server.base_url());
//!     server.stop().await;
//!     Ok(())
//! }
//! ```

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

mod api;
mod callbacks;
pub mod command;
mod connectwise;
mod data;
mod engine;
pub mod fault_injection;
mod message;
mod rules;
mod running;
mod settings;
mod startup;

pub use callbacks::CallbackSettings;
pub use connectwise::callback_types;
pub use engine::query;
pub use engine::sandbox::{RecordedAction, Sandbox};
pub use engine::server;
pub use message::{ChangeEvent, MockRequest, MockResponse, RecordChangeKind};
pub use running::{RunningSandbox, SandboxBuilder};
pub use settings::{ApiKey, SandboxSettings, SandboxStartError};
