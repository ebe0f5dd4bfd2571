//! What is counted of webhooks, by account.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Came {
    account: String,
    /// `received`, or why it was refused.
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Went {
    account: String,
    /// `command`, `post` or `mcp`.
    to: &'static str,
    /// `delivered`, `failed`, or `dead` where it was given up.
    outcome: &'static str,
}

/// What was counted.
#[derive(Clone, Default)]
pub struct Counts {
    came: Family<Came, Counter>,
    went: Family<Went, Counter>,
}

impl Counts {
    /// Nothing yet, to be shown by the registry.
    pub fn new(registry: &mut Registry) -> Self {
        let counts = Self::default();
        registry.register("webhooks", "Callbacks that came, by account and outcome", counts.came.clone());
        registry.register(
            "webhook_deliveries",
            "Tries to hand an event on, by account, receiver and outcome",
            counts.went.clone(),
        );
        counts
    }

    /// Counts a callback.
    pub fn came(&self, account: &str, outcome: &'static str) {
        self.came.get_or_create(&Came { account: account.to_owned(), outcome }).inc();
    }

    /// Counts a try to hand an event on.
    pub fn went(&self, account: &str, to: &'static str, outcome: &'static str) {
        self.went.get_or_create(&Went { account: account.to_owned(), to, outcome }).inc();
    }
}
