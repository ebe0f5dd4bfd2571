//! Remembers the newest reported change of each record, so recovery can find unreported changes.

use connectwise_psa::runtime::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use toolcrate_store::{SharedStore, StoreError};

use super::event_queue::ACCEPTED_TTL;

/// An account's reported changes.
#[derive(Clone)]
pub(super) struct ReportedChanges {
    account: String,
    store: SharedStore,
}

impl ReportedChanges {
    /// Creates an account's record of reported changes in `store`.
    pub fn new(account: &str, store: &SharedStore) -> Self {
        Self { account: account.to_owned(), store: store.clone() }
    }

    /// Remembers the change that an event reports. If its record has no modification time, the time at which the
    /// event was received is used. Events without a record ID are ignored.
    ///
    /// # Errors
    /// Returns an error if the store fails.
    pub async fn note(&self, event: &Value) -> Result<(), StoreError> {
        let received = || parse_time(&event["received_at"]);
        let changed = last_updated(&event["entity"]).or_else(received);
        let (Some(changed), Some(kind), Some(id)) =
            (changed, event["type"].as_str(), event["record_id"].as_i64())
        else {
            return Ok(());
        };
        if self.reports(kind, id, changed).await? {
            return Ok(());
        }
        let value = changed.unix_timestamp().to_string();
        self.store.put_evictable(&self.key(kind, id), value.as_bytes(), ACCEPTED_TTL).await
    }

    /// Returns true if an event reported this change to a record, or a later one.
    ///
    /// # Errors
    /// Returns an error if the store fails.
    pub async fn reports(&self, kind: &str, id: i64, changed: OffsetDateTime) -> Result<bool, StoreError> {
        let noted = self.store.get(&self.key(kind, id)).await?;
        let noted = noted.and_then(|bytes| std::str::from_utf8(&bytes).ok()?.parse::<i64>().ok());
        Ok(noted.is_some_and(|noted| noted >= changed.unix_timestamp()))
    }

    fn key(&self, kind: &str, id: i64) -> String {
        format!("webhooks-reported/{}/{}/{id}", self.account, kind.to_lowercase())
    }
}

/// Returns a record's modification time.
pub(super) fn last_updated(record: &Value) -> Option<OffsetDateTime> {
    parse_time(&record["_info"]["lastUpdated"])
}

/// Parses an RFC 3339 timestamp.
pub(super) fn parse_time(value: &Value) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(value.as_str()?, &Rfc3339).ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;
    use toolcrate_store::MemoryStore;

    use super::*;

    fn time(text: &str) -> OffsetDateTime {
        parse_time(&json!(text)).unwrap()
    }

    #[tokio::test]
    async fn reported_change_covers_itself_and_earlier_ones() {
        let store: SharedStore = Arc::new(MemoryStore::default());
        let changes = ReportedChanges::new("acme", &store);
        let event = |updated: &str| {
            json!({"type": "Ticket", "record_id": 7, "received_at": "2026-01-01T00:00:00Z",
                   "entity": {"_info": {"lastUpdated": updated}}})
        };
        changes.note(&event("2026-05-01T10:00:00Z")).await.unwrap();
        // A late callback doesn't hide the newer change.
        changes.note(&event("2026-05-01T09:00:00Z")).await.unwrap();
        let reports = async |kind: &str, id, at: &str| changes.reports(kind, id, time(at)).await.unwrap();
        assert!(reports("ticket", 7, "2026-05-01T10:00:00Z").await);
        assert!(reports("ticket", 7, "2026-05-01T08:00:00Z").await);
        assert!(!reports("ticket", 7, "2026-05-01T10:00:01Z").await);
        assert!(!reports("ticket", 8, "2026-05-01T10:00:00Z").await);
        assert!(!reports("company", 7, "2026-05-01T10:00:00Z").await);
        let other = ReportedChanges::new("other", &store);
        assert!(!other.reports("ticket", 7, time("2026-05-01T10:00:00Z")).await.unwrap());
    }

    #[tokio::test]
    async fn event_without_time_of_change_counts_from_its_arrival() {
        let store: SharedStore = Arc::new(MemoryStore::default());
        let changes = ReportedChanges::new("acme", &store);
        let event = json!({"type": "ticket", "record_id": 7, "received_at": "2026-05-01T10:00:00.25Z", "entity": null});
        changes.note(&event).await.unwrap();
        assert!(changes.reports("ticket", 7, time("2026-05-01T10:00:00Z")).await.unwrap());
        assert!(!changes.reports("ticket", 7, time("2026-05-01T10:00:01Z")).await.unwrap());
        changes.note(&json!({"type": "ticket"})).await.unwrap();
    }
}
