//! Registers the metrics of the process: tool calls, HTTP requests and webhooks.

use std::sync::Arc;

use prometheus_client::registry::Registry;
use toolcrate_executor::CallMetrics;
use toolcrate_http::RequestMetrics;

use crate::webhooks;

/// The process's metrics.
pub struct Metrics {
    registry: Registry,
    /// Tool call metrics.
    pub calls: CallMetrics,
    /// HTTP request metrics.
    pub requests: RequestMetrics,
    /// Webhook metrics.
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

    /// Returns the registry with all metrics.
    pub fn into_registry(self) -> Arc<Registry> {
        Arc::new(self.registry)
    }
}
