//! Errors that occur while an event is delivered.

use std::time::Duration;

/// The reason why an event could not be delivered.
#[derive(Debug)]
pub struct DeliveryError {
    /// The message for the log. It contains neither the event nor a URL.
    pub why: String,
    /// The delay that the receiver requested with `Retry-After`.
    pub after: Option<Duration>,
}

impl DeliveryError {
    /// Creates an error without a requested delay.
    pub fn new(why: String) -> Self {
        Self { why, after: None }
    }
}
