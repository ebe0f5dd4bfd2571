//! Counts calls by tool and outcome, how long they took, and what is left of the API's rate limit.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use toolcrate_runtime::{RateLimit, Tool};

use crate::call_outcome::CallOutcome;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabels {
    tool: &'static str,
    /// See [`CallOutcome::as_str`].
    outcome: &'static str,
    /// The HTTP status of the API's response; 0 if there was none.
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AccountLabels {
    account: String,
}

/// Metrics of calls. Clones count together.
#[derive(Clone, Debug)]
pub struct CallMetrics {
    calls: Family<CallLabels, Counter>,
    seconds: Histogram,
    remaining: Family<AccountLabels, Gauge>,
}

impl CallMetrics {
    /// Creates the metrics and registers them as `calls`, `call_seconds` and `upstream_remaining`.
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            calls: Family::default(),
            seconds: Histogram::new(exponential_buckets(0.001, 2.0, 15)),
            remaining: Family::default(),
        };
        registry.register("calls", "Calls by tool and outcome", metrics.calls.clone());
        registry.register("call_seconds", "Duration of calls in seconds", metrics.seconds.clone());
        registry.register(
            "upstream_remaining",
            "Requests left in the API's rate limit, as last reported",
            metrics.remaining.clone(),
        );
        metrics
    }

    /// Records a call of an account.
    pub(crate) fn record(
        &self,
        account: &str,
        tool: Tool,
        outcome: CallOutcome<'_>,
        limit: RateLimit,
        duration: Duration,
    ) {
        let status = outcome.status().unwrap_or_default();
        let labels = CallLabels { tool: tool.short_name(), outcome: outcome.as_str(), status };
        self.calls.get_or_create(&labels).inc();
        self.seconds.observe(duration.as_secs_f64());
        if let Some(remaining) = limit.remaining {
            let remaining = i64::try_from(remaining).unwrap_or(i64::MAX);
            self.remaining.get_or_create(&AccountLabels { account: account.to_owned() }).set(remaining);
        }
    }
}
