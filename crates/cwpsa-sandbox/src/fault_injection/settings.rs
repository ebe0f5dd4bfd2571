//! Fault settings, in the format that the faults file and the admin API use.

use serde::{Deserialize, Serialize};

/// A server's faults; there are none by default.
///
/// ```json
/// {
///   "seed": 7,
///   "budget": {"requests": 1000, "window_seconds": 60},
///   "rules": [
///     {"fault": "latency", "milliseconds": 200, "jitter_milliseconds": 100},
///     {"fault": "cut_after", "method": "POST", "path": "/service/tickets/*/notes", "count": 1},
///     {"fault": "html_error", "status": 502, "probability": 0.05}
///   ]
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FaultSettings {
    /// The seed of the random number generator.
    pub seed: u64,
    /// The number of requests served in a time window; unlimited by default.
    pub budget: Option<RequestBudget>,
    /// The faults to inject, and the requests to which they apply.
    pub rules: Vec<FaultRule>,
}

/// A request budget. Additional requests get a 429 with `Retry-After` until the window ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestBudget {
    /// The number of requests.
    pub requests: u32,
    /// The length of the window in seconds; it starts with the first request.
    #[serde(default = "default_window_seconds")]
    pub window_seconds: u32,
}

/// The faults to inject, and the requests to which they apply.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// The fault.
    pub fault: FaultKind,
    /// The method of affected requests; all methods by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The path of affected requests, relative to the API's base path and case-insensitive: `*` matches part
    /// of a segment, `**` anything. All paths by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The probability, from 0 to 1.
    #[serde(default = "default_probability")]
    pub probability: f64,
    /// The number of matching requests that pass before the first fault.
    #[serde(default)]
    pub skip: u64,
    /// The maximum number of times it is injected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// For `latency`, how long a request waits; for `slow_body`, how long sending the complete body takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub milliseconds: Option<u64>,
    /// For `latency`, the maximum random time that is added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jitter_milliseconds: Option<u64>,
    /// For `too_many_requests`, the value of `Retry-After`; 30 by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u32>,
    /// The status for `html_error` (502 by default) and `empty_error` (503 by default).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The content type for `wrong_content_type`; `text/html` by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// For `truncated_body`, the number of bytes to send; half of the body by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<usize>,
    /// For errors, whether the request takes effect, so only its response is lost.
    #[serde(default)]
    pub after_effect: bool,
}

/// A fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The request waits.
    Latency,
    /// 429 with `Retry-After` and a body with the key `error`.
    TooManyRequests,
    /// 500 "A timeout has occured. Please try again.", which is retryable.
    Timeout,
    /// 500 "Timeout expired …" from the connection pool, which is retryable.
    ConnectionPool,
    /// 500 "Error converting value …", which isn't retryable.
    BadValue,
    /// An error with an HTML page.
    HtmlError,
    /// An error without a body.
    EmptyError,
    /// The connection is closed before the request takes effect.
    CutBefore,
    /// The connection is closed after the request has taken effect.
    CutAfter,
    /// The connection is closed in the middle of the response.
    TruncatedBody,
    /// The response contains half of the body as if it were complete.
    HalfBody,
    /// The response has a different content type.
    WrongContentType,
    /// The response arrives slowly, in ten chunks.
    SlowBody,
}

impl FaultRule {
    /// Creates a rule for every request.
    pub fn new(fault: FaultKind) -> Self {
        Self {
            fault,
            method: None,
            path: None,
            probability: 1.0,
            skip: 0,
            count: None,
            milliseconds: None,
            jitter_milliseconds: None,
            retry_after_seconds: None,
            status: None,
            content_type: None,
            bytes: None,
            after_effect: false,
        }
    }
}

fn default_window_seconds() -> u32 {
    60
}

fn default_probability() -> f64 {
    1.0
}

/// The reason why a rule is invalid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FaultRuleError(pub(super) String);
