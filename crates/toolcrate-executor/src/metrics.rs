//! Tool call metrics: count, duration and outcome, and the requests remaining in the API's rate limit.
//!
//! Names follow OpenTelemetry's semantic conventions for generative AI, in their Prometheus form.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use toolcrate_runtime::{RateLimit, Tool};

use crate::call_outcome::CallOutcome;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabels {
    gen_ai_tool_name: &'static str,
    /// The error kind, `canceled`, or empty if the call succeeded.
    error_type: &'static str,
    /// The HTTP status of the API's response; empty if there was none.
    http_response_status_code: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct McpLabels {
    mcp_method_name: &'static str,
    gen_ai_tool_name: String,
    error_type: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AccountLabels {
    account: String,
}

/// Call metrics. Clones share the counters.
#[derive(Clone, Debug)]
pub struct CallMetrics {
    durations: Family<CallLabels, Histogram, fn() -> Histogram>,
    mcp_durations: Family<McpLabels, Histogram, fn() -> Histogram>,
    remaining: Family<AccountLabels, Gauge>,
}

impl CallMetrics {
    /// Creates the metrics and registers them as `gen_ai_execute_tool_duration_seconds`,
    /// `mcp_server_operation_duration_seconds` and `upstream_rate_limit_remaining`.
    pub fn register(registry: &mut Registry) -> Self {
        let new_histogram: fn() -> Histogram = || Histogram::new(exponential_buckets(0.01, 2.0, 14));
        let metrics = Self {
            durations: Family::new_with_constructor(new_histogram),
            mcp_durations: Family::new_with_constructor(new_histogram),
            remaining: Family::default(),
        };
        registry.register_with_unit(
            "gen_ai_execute_tool_duration",
            "Duration of tool calls",
            Unit::Seconds,
            metrics.durations.clone(),
        );
        registry.register_with_unit(
            "mcp_server_operation_duration",
            "Duration of MCP requests",
            Unit::Seconds,
            metrics.mcp_durations.clone(),
        );
        registry.register(
            "upstream_rate_limit_remaining",
            "Requests left in the API's rate limit, as last reported",
            metrics.remaining.clone(),
        );
        metrics
    }

    /// Records an MCP request. `tool` is the tool that it calls, or empty, and must not be a name invented by a client.
    pub fn record_mcp_request(
        &self,
        method: &'static str,
        tool: &str,
        error_type: Option<&'static str>,
        duration: Duration,
    ) {
        let labels = McpLabels {
            mcp_method_name: method,
            gen_ai_tool_name: tool.to_owned(),
            error_type: error_type.unwrap_or_default(),
        };
        self.mcp_durations.get_or_create(&labels).observe(duration.as_secs_f64());
    }

    /// Records a call by an account.
    pub(crate) fn record(
        &self,
        account: &str,
        tool: Tool,
        outcome: CallOutcome<'_>,
        limit: RateLimit,
        duration: Duration,
    ) {
        let labels = CallLabels {
            gen_ai_tool_name: tool.short_name(),
            error_type: outcome.error_type().unwrap_or_default(),
            http_response_status_code: outcome.status(),
        };
        self.durations.get_or_create(&labels).observe(duration.as_secs_f64());
        if let Some(remaining) = limit.remaining {
            let remaining = i64::try_from(remaining).unwrap_or(i64::MAX);
            self.remaining.get_or_create(&AccountLabels { account: account.to_owned() }).set(remaining);
        }
    }
}
