//! Logs the results of callback deliveries.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use connectwise_psa::runtime::Value;
use connectwise_psa::runtime::serde_json::json;

use super::webhook_client::DeliveryOutcome;
use crate::connectwise::callback_payload;
use crate::message::ChangeEvent;

/// Maximum number of deliveries kept.
const MAX_DELIVERIES: usize = 1000;

/// A single delivery.
pub(super) struct CallbackDelivery<'a> {
    /// The ID of the callback.
    pub(super) callback: i64,
    pub(super) url: &'a str,
    pub(super) event: &'a ChangeEvent,
    pub(super) outcome: &'a DeliveryOutcome,
}

/// The results of the most recent deliveries.
#[derive(Default)]
pub(super) struct DeliveryLog(Mutex<DeliveryHistory>);

#[derive(Default)]
struct DeliveryHistory {
    last: VecDeque<Value>,
    /// The time since which each callback has been failing.
    failing_since: HashMap<i64, Instant>,
}

impl DeliveryLog {
    fn history(&self) -> MutexGuard<'_, DeliveryHistory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the most recent deliveries, newest last.
    pub(super) fn entries(&self) -> Vec<Value> {
        self.history().last.iter().cloned().collect()
    }

    /// Records a delivery. Returns true if the callback has now been failing for `disable_after`.
    pub(super) fn record(
        &self,
        delivery: &CallbackDelivery<'_>,
        disable_after: Duration,
        now: Instant,
    ) -> bool {
        let CallbackDelivery { callback, url, event, outcome } = *delivery;
        let mut history = self.history();
        let disabled = match outcome {
            DeliveryOutcome::Delivered { .. } => {
                history.failing_since.remove(&callback);
                false
            }
            // The callback was never sent, so this isn't the receiver's fault.
            DeliveryOutcome::Forbidden => false,
            DeliveryOutcome::Failed { .. } => {
                let since = *history.failing_since.entry(callback).or_insert(now);
                let disabled = now.duration_since(since) >= disable_after;
                if disabled {
                    history.failing_since.remove(&callback);
                }
                disabled
            }
        };
        if history.last.len() == MAX_DELIVERIES {
            history.last.pop_front();
        }
        history.last.push_back(json!({
            "callback": callback, "url": url, "action": callback_payload::action_name(event.kind),
            "collection": event.collection, "id": event.id, "delivered": outcome.is_delivered(),
            "attempts": outcome.attempts(), "outcome": outcome.to_string(), "disabled": disabled,
        }));
        disabled
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::RecordChangeKind;

    #[test]
    fn callback_is_disabled_after_failing_for_a_time_without_success() {
        let log = DeliveryLog::default();
        let start = Instant::now();
        let event = ChangeEvent {
            kind: RecordChangeKind::Added,
            collection: "/service/tickets".to_owned(),
            id: 1,
            record: Value::Null,
        };
        let record = |seconds: u64, outcome: &DeliveryOutcome| {
            let delivery = CallbackDelivery { callback: 7, url: "http://127.0.0.1/", event: &event, outcome };
            log.record(&delivery, Duration::from_secs(10), start + Duration::from_secs(seconds))
        };
        let failed = DeliveryOutcome::Failed { attempts: 1, reason: "500".to_owned() };
        let delivered = DeliveryOutcome::Delivered { attempts: 1, status: 200 };
        assert!(!record(0, &failed));
        assert!(!record(9, &failed));
        assert!(!record(10, &delivered));
        assert!(!record(11, &failed), "the success starts the time again");
        assert!(!record(20, &DeliveryOutcome::Forbidden), "it was never sent");
        assert!(!record(20, &failed));
        assert!(record(21, &failed));
        assert!(!record(22, &failed), "once disabled, the time starts again");
        assert_eq!(log.entries().len(), 8);
        assert_eq!(log.entries()[6]["disabled"], true);
    }
}
