//! Metrics of requests.

use axum::http::{Method, StatusCode};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: String,
    /// The route as declared, which holds no id and no token. Empty if no route matched.
    route: String,
    status: u16,
}

/// Counts requests by method, route and status. Clones share the counters.
#[derive(Clone, Debug, Default)]
pub struct RequestMetrics(Family<RequestLabels, Counter>);

impl RequestMetrics {
    /// Adds the metrics to a registry.
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self::default();
        registry.register("http_requests", "Requests by method, route and status", metrics.0.clone());
        metrics
    }

    /// Counts a request.
    pub(crate) fn record(&self, method: &Method, route: &str, status: StatusCode) {
        // Clients can make up methods, and the number of label values must stay small.
        let known = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::HEAD];
        let method = if known.contains(method) { method.as_str() } else { "other" };
        let (method, route, status) = (method.to_owned(), route.to_owned(), status.as_u16());
        self.0.get_or_create(&RequestLabels { method, route, status }).inc();
    }
}
