//! Why a delivery failed.

use std::time::Duration;

/// Why an event could not be handed on.
#[derive(Debug)]
pub struct DeliveryError {
    /// A sentence for the log. It has neither the event nor an address in it.
    pub why: String,
    /// When the receiver wants to be tried again.
    pub after: Option<Duration>,
}

impl DeliveryError {
    /// A failure that says nothing of when to try again.
    pub fn new(why: String) -> Self {
        Self { why, after: None }
    }
}
