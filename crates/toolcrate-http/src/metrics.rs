//! HTTP request metrics. Names follow OpenTelemetry's semantic conventions, in their Prometheus form.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// The bucket boundaries that the conventions recommend, in seconds.
const BUCKETS: [f64; 14] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    http_request_method: String,
    /// The declared route, which contains no ID or token. Empty if no route matched.
    http_route: String,
    http_response_status_code: u16,
}

/// Request durations by method, route and status. Clones share the counters.
#[derive(Clone, Debug)]
pub struct RequestMetrics(Family<RequestLabels, Histogram, fn() -> Histogram>);

impl Default for RequestMetrics {
    fn default() -> Self {
        Self(Family::new_with_constructor(|| Histogram::new(BUCKETS)))
    }
}

impl RequestMetrics {
    /// Creates the metrics and registers them as `http_server_request_duration_seconds`.
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self::default();
        registry.register_with_unit(
            "http_server_request_duration",
            "Duration of HTTP requests",
            Unit::Seconds,
            metrics.0.clone(),
        );
        metrics
    }

    /// Records a request.
    pub(crate) fn record(&self, method: &Method, route: &str, status: StatusCode, duration: Duration) {
        // Clients can invent methods, and the number of label values must stay small.
        let known = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::HEAD];
        let method = if known.contains(method) { method.as_str() } else { "_OTHER" };
        let labels = RequestLabels {
            http_request_method: method.to_owned(),
            http_route: route.to_owned(),
            http_response_status_code: status.as_u16(),
        };
        self.0.get_or_create(&labels).observe(duration.as_secs_f64());
    }
}
