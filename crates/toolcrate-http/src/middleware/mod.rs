//! HTTP middleware.

mod authentication;
mod cors;
mod host_validation;
mod json_errors;
mod observe;
mod probe_paths;

pub(crate) use authentication::require_access;
pub(crate) use cors::cors_layer;
pub(crate) use host_validation::validate_host;
pub use host_validation::{AllowedHosts, InvalidHost};
pub(crate) use json_errors::{errors_as_json, method_not_allowed};
pub use observe::Observer;
