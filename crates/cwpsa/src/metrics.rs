//! Process metrics: tool calls, HTTP requests and webhooks.

use std::sync::Arc;

use prometheus_client::registry::Registry;
use toolcrate_executor::CallMetrics;
use toolcrate_http::RequestMetrics;

use crate::webhooks;

/// The metrics of the process.
pub struct Metrics {
    registry: Registry,
    /// Metrics of tool calls.
    pub calls: CallMetrics,
    /// Metrics of HTTP requests.
    pub requests: RequestMetrics,
    /// Metrics of webhooks.
    pub webhooks: webhooks::WebhookMetrics,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// Creates and registers the metrics.
    pub fn new() -> Self {
        let mut registry = Registry::default();
        let calls = CallMetrics::register(&mut registry);
        let requests = RequestMetrics::register(&mut registry);
        let webhooks = webhooks::WebhookMetrics::new(registry.sub_registry_with_prefix("cwpsa"));
        Self { registry, calls, requests, webhooks }
    }

    /// Returns the registry of all metrics.
    pub fn into_registry(self) -> Arc<Registry> {
        Arc::new(self.registry)
    }
}
