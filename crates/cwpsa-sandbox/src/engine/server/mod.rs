//! The network: an HTTP server in front of an engine.
//!
//! It binds to a loopback address by default, reads each request completely and passes it to the engine; faults
//! may be injected in between. The API is below `/v4_6_release/apis/3.0` and below any other codebase
//! (`/v2025_1/apis/3.0`). The server also responds to:
//!
//! - `GET /login/companyinfo/{companyId}`: where the API is, as login servers return it;
//! - `GET /{codebase}/system/callbackkey/index.rails?companyName=…&id=…`: the key that callbacks are signed
//!   with;
//! - `/_sandbox/faults` and `/_sandbox/callbacks`: the [admin API](self#admin-api), for tests.
//!
//! # Web pages
//! A page in a browser must not reach the server by accident: requests with an `Origin` other than a loopback
//! one or the server's own are rejected, and so are, on a loopback address, requests with a `Host` that is
//! neither a loopback name nor among [`allowed_hosts`](MockServerSettings::allowed_hosts).
//!
//! # Admin API
//! Callers from a loopback address may use the admin API; others need the header `x-sandbox-token` with the
//! token of the settings. `GET /_sandbox/faults` returns the faults and their counts, `PUT` replaces them
//! ([`FaultSettings`](crate::fault_injection::FaultSettings)), `POST` adds one rule, `DELETE` removes all of
//! them. `GET /_sandbox/callbacks` returns the last deliveries. Bodies must have the media type
//! `application/json`.

mod admin_api;
mod api_handler;
mod body;
mod discovery;
mod host_validation;
mod request;
mod responses;
mod router;
mod runner;
mod settings;
mod state;
mod tls;

pub use super::mock_engine::MockEngine;
pub use runner::{MockServer, serve};
pub use settings::MockServerSettings;
pub use tls::ServerCertificate;
