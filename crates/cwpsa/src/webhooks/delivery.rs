//! Delivers events to sinks (programs, URLs or MCP sessions), and schedules retries.

use std::time::Duration;

use connectwise_psa::runtime::Value;

use super::delivery_error::DeliveryError;
use super::settings::WebhookPlan;
use super::sinks::command::CommandSink;
use super::sinks::http::HttpSink;
use toolcrate_mcp::EventFeed;

/// Maximum delay between two attempts.
const MAX_DELAY: Duration = Duration::from_secs(3600);

/// A destination for an account's events.
pub enum Sink {
    /// A program.
    Command(CommandSink),
    /// A URL.
    Http(HttpSink),
    /// MCP sessions.
    Mcp(EventFeed),
}

impl Sink {
    /// Returns the sinks in the plan.
    pub fn from_plan(plan: &WebhookPlan, events: Option<&EventFeed>) -> Vec<Self> {
        let command = CommandSink::new(&plan.command, plan.timeout).map(Self::Command);
        let post =
            plan.post.clone().map(|(url, signer)| Self::Http(HttpSink::new(url, signer, plan.timeout)));
        command.into_iter().chain(post).chain(events.cloned().map(Self::Mcp)).collect()
    }

    /// Returns the name, which is part of the queue's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Command(_) => "command",
            Self::Http(_) => "post",
            Self::Mcp(_) => "mcp",
        }
    }

    /// Delivers an event.
    ///
    /// # Errors
    /// Returns an error if the delivery failed.
    pub async fn deliver(&self, event: &[u8]) -> Result<(), DeliveryError> {
        let read = || -> Value { serde_json::from_slice(event).unwrap_or_default() };
        match self {
            Self::Command(command) => command.deliver(event).await,
            Self::Http(post) => post.deliver(read()["event_id"].as_str().unwrap_or_default(), event).await,
            Self::Mcp(events) => {
                events.add(&read()).await.map_err(|error| DeliveryError::new(error.to_string()))
            }
        }
    }
}

/// The schedule of delivery attempts.
#[derive(Clone, Copy, Debug)]
pub struct RetrySchedule {
    /// The delay after the first failure.
    pub first: Duration,
    /// Maximum number of attempts.
    pub attempts: u32,
    /// The time after which an attempt without a result is abandoned.
    pub lease: Duration,
}

impl RetrySchedule {
    /// Returns the plan's schedule.
    pub fn from_plan(plan: &WebhookPlan) -> Self {
        // The extra time is for the store.
        Self { first: plan.retry, attempts: plan.attempts, lease: plan.timeout + Duration::from_secs(10) }
    }

    /// Returns the delay after `attempts` attempts, or `None` if there are no more.
    pub fn pause(&self, attempts: u32, failed: &DeliveryError) -> Option<Duration> {
        if attempts >= self.attempts {
            return None;
        }
        let doubled = self.first.saturating_mul(2_u32.saturating_pow(attempts.saturating_sub(1)));
        Some(doubled.min(MAX_DELAY).max(failed.after.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_delays_grow_and_stop() {
        let second = Duration::from_secs(1);
        let policy = RetrySchedule { first: 5 * second, attempts: 40, lease: second };
        let pause = |attempts| {
            policy.pause(attempts, &DeliveryError::new(String::new())).map(|pause| pause.as_secs())
        };
        assert_eq!([1, 2, 3, 10, 11, 39].map(pause), [5, 10, 20, 2560, 3600, 3600].map(Some));
        assert_eq!([pause(40), pause(41)], [None, None]);
        let asked = DeliveryError { why: String::new(), after: Some(60 * second) };
        assert_eq!(policy.pause(1, &asked), Some(60 * second));
    }
}
