//! What faults are set: the form of the file and of the control endpoint.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The faults of a server. The default has none.
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
    /// Where the random numbers start.
    pub seed: u64,
    /// How many requests are answered in a span of time; all of them if nothing is said.
    pub budget: Option<Budget>,
    /// What happens to which requests.
    pub rules: Vec<Rule>,
}

/// A request budget. Beyond it the answer is 429 with `Retry-After`, until the window ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// So many requests.
    pub requests: u32,
    /// In so many seconds, from the first request on.
    #[serde(default = "a_minute")]
    pub window_seconds: u32,
}

/// What happens to which requests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What happens.
    pub fault: Fault,
    /// To requests with this verb; all if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// To requests whose path below the API's root is this, in any letter case: `*` stands for a part of a
    /// segment, `**` for anything. All if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// How likely it is, from 0 to 1.
    #[serde(default = "certain")]
    pub probability: f64,
    /// So many of the requests that match pass first.
    #[serde(default)]
    pub skip: u64,
    /// It happens at most so often.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// Of `latency`, how long; of `slow_body`, how long the whole body takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub milliseconds: Option<u64>,
    /// Of `latency`, how much is added at random at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jitter_milliseconds: Option<u64>,
    /// Of `too_many_requests`, what `Retry-After` says; 30 if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u32>,
    /// Of `html_error` (502 if nothing is said) and `empty_error` (503).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Of `wrong_content_type`; `text/html` if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Of `truncated_body`, how many bytes come; half of them if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<usize>,
    /// Of errors: the request takes effect first, and only its answer is lost.
    #[serde(default)]
    pub after_effect: bool,
}

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// It waits.
    Latency,
    /// 429 with `Retry-After` and a body that is keyed `error`.
    TooManyRequests,
    /// 500 "A timeout has occured. Please try again.", worth a retry.
    Timeout,
    /// 500 "Timeout expired …" of the connection pool, worth a retry.
    ConnectionPool,
    /// 500 "Error converting value …", not worth a retry.
    BadValue,
    /// An error with a page of HTML.
    HtmlError,
    /// An error with no body.
    EmptyError,
    /// The connection is closed before the request takes effect.
    CutBefore,
    /// The connection is closed after the request took effect.
    CutAfter,
    /// The connection is closed in the middle of the answer.
    TruncatedBody,
    /// The answer is half of what it should be, and says that it is whole.
    HalfBody,
    /// The answer says that it is of another type.
    WrongContentType,
    /// The answer comes slowly, in ten pieces.
    SlowBody,
}

impl Rule {
    /// A rule for every request.
    pub fn new(fault: Fault) -> Self {
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

fn a_minute() -> u32 {
    60
}

fn certain() -> f64 {
    1.0
}

/// Why a rule makes no sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError(pub(super) String);

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for RuleError {}
