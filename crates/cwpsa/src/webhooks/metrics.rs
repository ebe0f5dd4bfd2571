//! Counts webhook events for the metrics, by account.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
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

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct WebhookAccountLabels {
    account: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ScanLabels {
    account: String,
    /// `completed` or `failed`.
    outcome: &'static str,
}

/// Callback, delivery and recovery metrics.
#[derive(Clone, Default)]
pub struct WebhookMetrics {
    received: Family<ReceivedLabels, Counter>,
    deliveries: Family<DeliveryLabels, Counter>,
    recovered: Family<WebhookAccountLabels, Counter>,
    scans: Family<ScanLabels, Counter>,
    inactive: Family<WebhookAccountLabels, Gauge>,
}

impl WebhookMetrics {
    /// Creates and registers the metrics.
    pub fn new(registry: &mut Registry) -> Self {
        let counts = Self::default();
        registry.register("webhooks", "Callbacks received, by account and outcome", counts.received.clone());
        registry.register(
            "webhook_deliveries",
            "Event delivery attempts, by account, receiver and outcome",
            counts.deliveries.clone(),
        );
        registry.register(
            "webhook_recovered_events",
            "Changes found by scans because no callback reported them, by account",
            counts.recovered.clone(),
        );
        registry.register(
            "webhook_recovery_scans",
            "Scans for changes that no callback reported, by account and outcome",
            counts.scans.clone(),
        );
        registry.register(
            "webhook_inactive_callbacks",
            "Inactive callbacks in ConnectWise, by account, as of the last scan",
            counts.inactive.clone(),
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

    /// Records a change that a scan found.
    pub fn recovered(&self, account: &str) {
        self.recovered.get_or_create(&WebhookAccountLabels { account: account.to_owned() }).inc();
    }

    /// Records a scan.
    pub fn recovery_scan(&self, account: &str, outcome: &'static str) {
        self.scans.get_or_create(&ScanLabels { account: account.to_owned(), outcome }).inc();
    }

    /// Sets the number of inactive callbacks.
    pub fn inactive_callbacks(&self, account: &str, count: i64) {
        self.inactive.get_or_create(&WebhookAccountLabels { account: account.to_owned() }).set(count);
    }
}
