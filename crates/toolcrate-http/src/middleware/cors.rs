//! Allows pages from configured origins to send requests and read the responses (CORS).

use std::sync::Arc;
use std::time::Duration;

use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method};
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use super::host_validation::AllowedHosts;

/// How long a browser may cache the preflight response.
const MAX_AGE: Duration = Duration::from_secs(3600);
/// Response headers that pages may read.
const EXPOSED_HEADERS: [&str; 8] = [
    "mcp-session-id",
    "mcp-protocol-version",
    "ratelimit-limit",
    "ratelimit-remaining",
    "ratelimit-reset",
    "retry-after",
    "www-authenticate",
    "traceparent",
];

/// Creates the layer that responds to preflight requests and adds CORS headers to responses. Requests from disallowed
/// origins are rejected before they reach it.
pub(crate) fn cors_layer(hosts: &Arc<AllowedHosts>) -> CorsLayer {
    let hosts = Arc::clone(hosts);
    let is_allowed = move |origin: &HeaderValue, request: &Parts| hosts.shares_with(origin, &request.headers);
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(is_allowed))
        .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::DELETE])
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers(EXPOSED_HEADERS.map(HeaderName::from_static))
        .allow_private_network(true)
        .max_age(MAX_AGE)
}
