//! A mock ConnectWise PSA server that runs anywhere, without an account: every operation of the catalog
//! responds, from one engine over records in memory.
//!
//! A request goes in as a [`MockRequest`] and comes out as a [`MockResponse`]; changes of records are emitted
//! as [`ChangeEvent`]s. The engine is synchronous and independent of any network, so that it can be tested
//! alone; [`server`] puts it behind HTTP.
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
mod loopback;
mod message;
mod rules;
mod settings;
mod startup;

pub use callbacks::CallbackSettings;
pub use connectwise::callback_types;
pub use engine::query;
pub use engine::sandbox::{RecordedAction, Sandbox};
pub use engine::server;
pub use message::{ChangeEvent, MockRequest, MockResponse, RecordChangeKind};
pub use settings::{ApiKey, SandboxSettings, SandboxStartError};
