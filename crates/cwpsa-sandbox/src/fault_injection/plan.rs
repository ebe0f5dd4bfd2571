//! The faults to apply to a request.

use std::time::Duration;

use crate::message::MockResponse;

/// The faults to apply to a request.
#[derive(Debug, Default)]
pub(crate) struct FaultPlan {
    /// How long the request waits first.
    pub(crate) delay: Duration,
    pub(crate) ending: Option<FaultEnding>,
}

/// How a request ends, other than with the engine's response.
#[derive(Debug)]
pub(crate) enum FaultEnding {
    /// With a different response; with `effect`, the request is still carried out.
    Response { response: MockResponse, effect: bool },
    /// With a closed connection and no response.
    Cut { effect: bool },
    /// With the engine's response, damaged.
    Damaged(BodyDamage),
}

/// How a response body is damaged.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum BodyDamage {
    /// The connection is closed after this many bytes, by default after half of the body.
    Truncated(Option<usize>),
    /// Half of the body is sent as if it were complete.
    Half,
    /// The response has a different content type.
    ContentType(http::HeaderValue),
    /// Sending the body takes this long.
    Slow(Duration),
}
