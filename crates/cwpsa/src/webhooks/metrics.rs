//! What is counted of webhooks, by account.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReceivedLabels {
    account: String,
    /// `received`, or why it was refused.
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DeliveryLabels {
    account: String,
    /// `command`, `post` or `mcp`.
    to: &'static str,
    /// `delivered`, `failed`, or `dead` where it was given up.
    outcome: &'static str,
}

/// What was counted.
#[derive(Clone, Default)]
pub struct WebhookMetrics {
    received: Family<ReceivedLabels, Counter>,
    deliveries: Family<DeliveryLabels, Counter>,
}

impl WebhookMetrics {
    /// Nothing yet, to be shown by the registry.
    pub fn new(registry: &mut Registry) -> Self {
        let counts = Self::default();
        registry.register(
            "webhooks",
            "Callbacks that received, by account and outcome",
            counts.received.clone(),
        );
        registry.register(
            "webhook_deliveries",
            "Tries to hand an event on, by account, receiver and outcome",
            counts.deliveries.clone(),
        );
        counts
    }

    /// Counts a callback.
    pub fn received(&self, account: &str, outcome: &'static str) {
        self.received.get_or_create(&ReceivedLabels { account: account.to_owned(), outcome }).inc();
    }

    /// Counts an attempt to deliver an event.
    pub fn deliveries(&self, account: &str, to: &'static str, outcome: &'static str) {
        self.deliveries.get_or_create(&DeliveryLabels { account: account.to_owned(), to, outcome }).inc();
    }
}
