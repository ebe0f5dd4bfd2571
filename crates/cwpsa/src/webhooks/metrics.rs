//! Metrics of webhooks, by account.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReceivedLabels {
    account: String,
    /// `received`, or the reason for the rejection.
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DeliveryLabels {
    account: String,
    /// `command`, `post` or `mcp`.
    to: &'static str,
    /// `delivered`, `failed`, or `dead` if the event was moved to the dead-letter queue.
    outcome: &'static str,
}

/// Counters of callbacks and deliveries.
#[derive(Clone, Default)]
pub struct WebhookMetrics {
    received: Family<ReceivedLabels, Counter>,
    deliveries: Family<DeliveryLabels, Counter>,
}

impl WebhookMetrics {
    /// Creates the metrics and registers them as `webhooks_total` and `webhook_deliveries_total`.
    pub fn new(registry: &mut Registry) -> Self {
        let counts = Self::default();
        registry.register("webhooks", "Received callbacks by account and outcome", counts.received.clone());
        registry.register(
            "webhook_deliveries",
            "Attempts to deliver an event by account, receiver and outcome",
            counts.deliveries.clone(),
        );
        counts
    }

    /// Records a callback.
    pub fn received(&self, account: &str, outcome: &'static str) {
        self.received.get_or_create(&ReceivedLabels { account: account.to_owned(), outcome }).inc();
    }

    /// Records an attempt to deliver an event.
    pub fn deliveries(&self, account: &str, to: &'static str, outcome: &'static str) {
        self.deliveries.get_or_create(&DeliveryLabels { account: account.to_owned(), to, outcome }).inc();
    }
}
