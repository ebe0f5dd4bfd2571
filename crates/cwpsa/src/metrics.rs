//! What is counted: requests by route and status, calls by tool and status, how long they took, and what is left of the
//! API's budget.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use connectwise_psa::runtime::{RateLimit, Tool};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use crate::audit::Ending;
use crate::webhooks;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Call {
    tool: &'static str,
    /// `ok`, the kind of the error, or `abandoned`.
    outcome: &'static str,
    /// The HTTP status of the API's answer; 0 if there was none.
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Account {
    account: String,
}

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
    calls: Family<Call, Counter>,
    seconds: Histogram,
    remaining: Family<Account, Gauge>,
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
        let calls = Family::<Call, Counter>::default();
        let seconds = Histogram::new(exponential_buckets(0.001, 2.0, 15));
        let remaining = Family::<Account, Gauge>::default();
        registry.register("calls", "Calls by tool and outcome", calls.clone());
        registry.register("call_seconds", "How long calls took", seconds.clone());
        registry.register(
            "upstream_remaining",
            "Requests left in the API's budget, as last told",
            remaining.clone(),
        );
        let requests = Requests::default();
        registry.register("http_requests", "Requests by method, route and status", requests.0.clone());
        let webhooks = webhooks::WebhookMetrics::new(&mut registry);
        Self { registry, calls, seconds, remaining, requests, webhooks }
    }

    /// As OpenMetrics text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }

    /// WebhookMetrics a call of an account that ended in this way, and what was said of the rate limit.
    pub fn called(&self, account: &str, tool: Tool, ending: Ending<'_>, limit: RateLimit, took: Duration) {
        let (outcome, status) = (ending.outcome(), ending.status().unwrap_or_default());
        self.calls.get_or_create(&Call { tool: tool.short_name(), outcome, status }).inc();
        self.seconds.observe(took.as_secs_f64());
        if let Some(remaining) = limit.remaining {
            let remaining = i64::try_from(remaining).unwrap_or(i64::MAX);
            self.remaining.get_or_create(&Account { account: account.to_owned() }).set(remaining);
        }
    }
}
