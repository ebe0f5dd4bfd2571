//! The metrics of the process: calls, requests by route and status, and webhooks.

use axum::http::{Method, StatusCode};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;
use toolcrate_executor::CallMetrics;

use crate::webhooks;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    method: String,
    /// As it is declared, so that it holds no id and no token; empty where there is none.
    route: String,
    status: u16,
}

/// Requests over HTTP. Clones count together.
#[derive(Clone, Default)]
pub struct Requests(Family<Request, Counter>);

impl Requests {
    /// WebhookMetrics a request that took this route and got this answer.
    pub fn answered(&self, method: &Method, route: &str, status: StatusCode) {
        // Clients can make up methods; what is counted by must stay few.
        let known = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::HEAD];
        let method = if known.contains(method) { method.as_str() } else { "other" };
        let (method, route, status) = (method.to_owned(), route.to_owned(), status.as_u16());
        self.0.get_or_create(&Request { method, route, status }).inc();
    }
}

/// What is counted.
pub struct Metrics {
    registry: Registry,
    /// Calls of tools.
    pub calls: CallMetrics,
    /// Requests over HTTP.
    pub requests: Requests,
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
        let requests = Requests::default();
        registry.register("http_requests", "Requests by method, route and status", requests.0.clone());
        let webhooks = webhooks::WebhookMetrics::new(&mut registry);
        Self { registry, calls, requests, webhooks }
    }

    /// As OpenMetrics text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
