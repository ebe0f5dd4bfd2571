//! Serves an engine over HTTP.
//!
//! The server binds to a loopback address by default, reads each request completely and passes it to the engine; faults
//! may be injected along the way. The API is served below `/v4_6_release/apis/3.0` and below any other codebase
//! (`/v2025_1/apis/3.0`). The server also responds to:
//!
//! - `GET /login/companyinfo/{companyId}`: the API's location, as login servers return it;
//! - `GET /{codebase}/system/callbackkey/index.rails?companyName=…&id=…`: the callback signing key;
//! - `/_sandbox/faults` and `/_sandbox/callbacks`: the [admin API](self#admin-api), for tests.
//!
//! # Web pages
//! Web pages must not be able to send requests to the server. Requests are rejected if their `Origin` is neither a
//! loopback origin nor the server's own. On a loopback address, requests are also rejected if their `Host` is neither a
//! loopback name nor listed in [`allowed_hosts`](MockServerSettings::allowed_hosts).
//!
//! # Admin API
//! Callers from a loopback address may use the admin API; other callers need the header `x-sandbox-token` with the
//! configured token. `GET /_sandbox/faults` returns the faults and their counts, `PUT` replaces the faults
//! ([`FaultSettings`](crate::fault_injection::FaultSettings)), `POST` adds one rule, and `DELETE` removes all rules.
//! `GET /_sandbox/callbacks` returns the most recent deliveries. Bodies must have the media type `application/json`.

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
