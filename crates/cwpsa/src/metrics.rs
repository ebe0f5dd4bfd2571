//! The metrics of the process: calls, requests by route and status, and webhooks.

use std::sync::Arc;

use prometheus_client::registry::Registry;
use toolcrate_executor::CallMetrics;
use toolcrate_http::RequestMetrics;

use crate::webhooks;

/// The metrics of the process.
pub struct Metrics {
    registry: Registry,
    /// Calls of tools.
    pub calls: CallMetrics,
    /// Requests over HTTP.
    pub requests: RequestMetrics,
    /// What is counted of webhooks.
    pub webhooks: webhooks::WebhookMetrics,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// Nothing yet.
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("cwpsa");
        let calls = CallMetrics::register(&mut registry);
        let requests = RequestMetrics::register(&mut registry);
        let webhooks = webhooks::WebhookMetrics::new(&mut registry);
        Self { registry, calls, requests, webhooks }
    }

    /// The registry of all metrics.
    pub fn into_registry(self) -> Arc<Registry> {
        Arc::new(self.registry)
    }
}
