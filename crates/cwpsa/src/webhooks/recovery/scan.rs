//! Scans an account for changes that no callback reported.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use connectwise_callbacks::CallbackError;
use connectwise_psa::CATALOG;
use connectwise_psa::runtime::{Client, Error, ExecuteOptions, Method, Tool, Value};
use serde::{Deserialize, Serialize};
use serde_json::json;
use thiserror::Error as ThisError;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use toolcrate_store::{SharedStore, StoreError};

use super::callbacks::RegisteredCallback;
use super::missed_change::MissedChange;
use crate::webhooks::error::WebhookError;
use crate::webhooks::event_queue::EventQueue;
use crate::webhooks::metrics::WebhookMetrics;
use crate::webhooks::reported_changes::{ReportedChanges, last_updated};

/// The collection of registered callbacks.
const CALLBACKS: &str = "/system/callbacks";
/// Changes more recent than this, or than the scan interval, are left to their callbacks, which may still be on their
/// way.
const MAX_SETTLE_TIME: Duration = Duration::from_secs(60);
/// How far a scan reaches back before the end of the previous one, to allow for clock differences.
const OVERLAP: Duration = Duration::from_secs(600);
/// How long the end of the last scan is remembered. Longer gaps aren't recovered.
const POSITION_TTL: Duration = Duration::from_secs(30 * 24 * 3600);
/// Maximum time for which a replica may hold the scan lock.
const LOCK_TTL: Duration = Duration::from_secs(600);
/// Number of rows per request.
const PAGE_SIZE: usize = 250;

/// Recovers an account's changes that no callback reported.
pub(in crate::webhooks) struct GapRecovery {
    pub(in crate::webhooks) account: String,
    pub(in crate::webhooks) client: Client,
    /// The time between two scans.
    pub(in crate::webhooks) interval: Duration,
    pub(in crate::webhooks) store: SharedStore,
    pub(in crate::webhooks) queue: Arc<EventQueue>,
    pub(in crate::webhooks) reported: ReportedChanges,
    pub(in crate::webhooks) metrics: WebhookMetrics,
}

/// The ends of the first and the last complete scan, in seconds since 1970.
#[derive(Clone, Copy, Deserialize, Serialize)]
struct ScanPosition {
    first: i64,
    last: i64,
}

impl ScanPosition {
    /// Returns the start of the period that the next scan covers. It overlaps the last scan, but doesn't reach back
    /// before the first one, when there may have been no callbacks.
    fn next_start(self) -> OffsetDateTime {
        let overlap = OVERLAP.as_secs().cast_signed();
        let start = (self.last - overlap).max(self.first);
        OffsetDateTime::from_unix_timestamp(start).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

/// The reason why a scan ended early. The next scan covers the same period.
#[derive(Debug, ThisError)]
enum ScanError {
    #[error(transparent)]
    Api(#[from] Error),
    #[error("can't access the event store: {0}")]
    Store(#[from] StoreError),
    #[error("can't queue an event: {0}")]
    NotQueued(WebhookError),
    #[error("the catalog has no list tool for {0}")]
    NoList(String),
}

impl GapRecovery {
    /// Scans at regular intervals until `stop` is true, then abandons any scan in progress.
    pub(in crate::webhooks) async fn run(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        let mut interval = tokio::time::interval(self.interval);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let scans = async {
            loop {
                interval.tick().await;
                self.scan_unless_locked().await;
            }
        };
        tokio::select! {
            // An error means that the sender was dropped.
            _ = stop.wait_for(|stop| *stop) => {}
            () = scans => {}
        }
    }

    /// Scans, unless another replica is currently scanning.
    async fn scan_unless_locked(&self) {
        let account = &*self.account;
        let lock = format!("webhooks-recovery/{account}/lock");
        let result = match self.store.put_new(&lock, b"", LOCK_TTL).await {
            Ok(Some(_)) => return,
            Ok(None) => {
                let result = self.scan().await;
                // If this fails, the lock expires.
                let _ = self.store.remove(&lock).await;
                result
            }
            Err(error) => Err(error.into()),
        };
        match result {
            Ok(count) => {
                self.metrics.recovery_scan(account, "completed");
                if count > 0 {
                    tracing::warn!(account, count, "recovered changes not reported by callbacks");
                }
            }
            Err(error) => {
                self.metrics.recovery_scan(account, "failed");
                tracing::warn!(
                    account,
                    %error,
                    "can't scan for changes not reported by callbacks; the next scan covers the same period"
                );
            }
        }
    }

    /// Scans the changes since the last scan, and returns the number of recovered ones. The first scan only records its
    /// time.
    async fn scan(&self) -> Result<usize, ScanError> {
        let until = OffsetDateTime::now_utc() - self.interval.min(MAX_SETTLE_TIME);
        let key = format!("webhooks-recovery/{}/position", self.account);
        let stored = self.store.get(&key).await?;
        let position = stored.and_then(|bytes| serde_json::from_slice::<ScanPosition>(&bytes).ok());
        let count = match position {
            Some(position) => self.scan_between(position.next_start(), until).await?,
            None => 0,
        };
        let until = until.unix_timestamp();
        let position = ScanPosition { first: position.map_or(until, |position| position.first), last: until };
        let position = json!(position).to_string();
        self.store.put(&key, position.as_bytes(), POSITION_TTL).await?;
        Ok(count)
    }

    /// Queues an event for each unreported change in the period, and returns their number.
    async fn scan_between(&self, since: OffsetDateTime, until: OffsetDateTime) -> Result<usize, ScanError> {
        let callbacks = self.callbacks().await?;
        let collections: BTreeSet<&str> =
            callbacks.iter().flat_map(|callback| callback.collections()).map(String::as_str).collect();
        let mut count = 0;
        for collection in collections {
            count += self.scan_collection(collection, &callbacks, since, until).await?;
        }
        Ok(count)
    }

    /// Lists the account's callbacks, and reports inactive ones.
    async fn callbacks(&self) -> Result<Vec<RegisteredCallback>, ScanError> {
        let (mut entries, mut after) = (Vec::new(), Some(0));
        while let Some(id) = after {
            let page = self.page(CALLBACKS, "", id).await?;
            after = page.next;
            entries.extend(page.rows);
        }
        let callbacks = RegisteredCallback::of_account(Value::Array(entries), &self.account);
        let inactive = callbacks.iter().filter(|callback| callback.is_inactive());
        let mut count = 0;
        for callback in inactive {
            count += 1;
            tracing::warn!(
                account = self.account,
                callback = callback.id().to_string(),
                record_type = callback.record_type(),
                "a callback is inactive in ConnectWise; until its inactiveFlag is set to false, its changes arrive only \
                 with each scan"
            );
        }
        self.metrics.inactive_callbacks(&self.account, count);
        Ok(callbacks)
    }

    async fn scan_collection(
        &self,
        collection: &str,
        callbacks: &[RegisteredCallback],
        since: OffsetDateTime,
        until: OffsetDateTime,
    ) -> Result<usize, ScanError> {
        let start = since.format(&Rfc3339).unwrap_or_default();
        let conditions = format!("lastUpdated > [{start}] and ");
        let (mut count, mut after) = (0, Some(0));
        while let Some(id) = after {
            let page = self.page(collection, &conditions, id).await?;
            after = page.next;
            for record in &page.rows {
                let (Some(record_id), Some(changed)) = (record["id"].as_i64(), last_updated(record)) else {
                    continue;
                };
                let covering = callbacks.iter().find(|callback| callback.covers(collection, record));
                let Some(callback) = covering.filter(|_| changed <= until) else { continue };
                let (record_type, callback_id) = (callback.record_type(), callback.id());
                let change = MissedChange { record_type, callback_id, record_id, record, changed };
                count += usize::from(self.recover(&change, since).await?);
            }
        }
        Ok(count)
    }

    /// Queues an event for a change. Returns false if the change has already been reported.
    async fn recover(&self, change: &MissedChange<'_>, since: OffsetDateTime) -> Result<bool, ScanError> {
        if self.reported.reports(change.record_type, change.record_id, change.changed).await? {
            return Ok(false);
        }
        let event = change.event(&self.account, since);
        let id = change.event_id(&self.account);
        match self.queue.add(&id, event.to_string().as_bytes()).await {
            Ok(()) => {}
            Err(WebhookError::Callback(CallbackError::Replay) | WebhookError::UnderWay) => return Ok(false),
            Err(error) => return Err(ScanError::NotQueued(error)),
        }
        self.metrics.recovered(&self.account);
        tracing::info!(
            account = self.account,
            event_id = id,
            "recovered a change not reported by a callback"
        );
        self.reported.note(&event).await?;
        Ok(true)
    }

    /// Returns the rows in a collection that match and have an ID greater than `after`, up to a full page. `conditions`
    /// is empty or ends with `and`. Page numbers would skip rows if records change between two pages; IDs don't.
    async fn page(&self, collection: &str, conditions: &str, after: i64) -> Result<RowPage, ScanError> {
        let tool = list_tool(collection).ok_or_else(|| ScanError::NoList(collection.to_owned()))?;
        let conditions = format!("{conditions}id > {after}");
        let arguments = json!({"conditions": conditions, "orderBy": "id asc", "pageSize": PAGE_SIZE});
        // The event contains the record as the API returns it.
        let options =
            ExecuteOptions { keep_trimmed: true, keep_custom_fields: true, ..ExecuteOptions::default() };
        let outcome = self.client.execute_with(tool, &arguments, &options).await?;
        let Value::Array(rows) = outcome.value else { return Ok(RowPage { rows: Vec::new(), next: None }) };
        let last = rows.iter().filter_map(|row| row["id"].as_i64()).max();
        let next = last.filter(|last| rows.len() == PAGE_SIZE && *last > after);
        Ok(RowPage { rows, next })
    }
}

/// A page of rows, and the ID after which the next page starts, if there is one.
struct RowPage {
    rows: Vec<Value>,
    next: Option<i64>,
}

fn list_tool(collection: &str) -> Option<Tool> {
    CATALOG.tools().find(|tool| tool.path() == collection && tool.method() == Method::Get)
}

#[cfg(test)]
mod tests {
    use connectwise_psa::Credentials;
    use connectwise_psa::runtime::{HostArguments, Secret};
    use prometheus_client::encoding::text::encode;
    use prometheus_client::registry::Registry;
    use tokio::sync::Notify;
    use toolcrate_store::MemoryStore;
    use wiremock::matchers::{path, query_param};
    use wiremock::{Mock, MockServer, ResponseTemplate};

    use super::*;
    use crate::settings::Target;
    use crate::webhooks::delivery::{RetrySchedule, Sink};
    use crate::webhooks::reported_changes::parse_time;
    use crate::webhooks::sinks::command::CommandSink;
    use crate::webhooks::worker::DeliveryWorker;

    const ROOT: &str = "/v4_6_release/apis/3.0";

    struct Setup {
        upstream: MockServer,
        recovery: GapRecovery,
        registry: Registry,
    }

    impl Setup {
        async fn new() -> Self {
            let upstream = MockServer::start().await;
            let target = Target {
                base_url: format!("{}{ROOT}", upstream.uri()),
                credentials: Credentials {
                    company_id: "acme".to_owned(),
                    public_key: "public".to_owned(),
                    private_key: Secret::from("private"),
                    client_id: Secret::from("test"),
                },
                host_arguments: HostArguments::default(),
            };
            let store: SharedStore = Arc::new(MemoryStore::default());
            let mut registry = Registry::default();
            let metrics = WebhookMetrics::new(&mut registry);
            let worker = DeliveryWorker {
                account: "acme".to_owned(),
                sink: Sink::Command(
                    CommandSink::new(&["true".to_owned()], Duration::from_secs(1)).expect("a program"),
                ),
                policy: RetrySchedule {
                    first: Duration::from_secs(1),
                    attempts: 1,
                    lease: Duration::from_secs(60),
                },
                store: Arc::clone(&store),
                counts: metrics.clone(),
                pushed: Notify::new(),
            };
            let queue = EventQueue {
                account: "acme".to_owned(),
                store: Arc::clone(&store),
                workers: vec![Arc::new(worker)],
            };
            let recovery = GapRecovery {
                account: "acme".to_owned(),
                client: target.client_with_timeout(Duration::from_secs(10)).unwrap(),
                interval: Duration::from_secs(600),
                reported: ReportedChanges::new("acme", &store),
                store,
                queue: Arc::new(queue),
                metrics,
            };
            Self { upstream, recovery, registry }
        }

        async fn list(&self, collection: &str, after: i64, rows: Value) {
            let condition = match collection {
                CALLBACKS => format!("id > {after}"),
                _ => format!("lastUpdated > [2026-05-01T10:00:00Z] and id > {after}"),
            };
            Mock::given(path(format!("{ROOT}{collection}")))
                .and(query_param("conditions", condition))
                .and(query_param("orderBy", "id asc"))
                .respond_with(ResponseTemplate::new(200).set_body_json(rows))
                .mount(&self.upstream)
                .await;
        }

        async fn register(&self, callback: Value) {
            let mut entry = json!({"id": 5, "url": "https://a.example/webhooks/acme?recordId="});
            let fields = callback.as_object().cloned().unwrap_or_default();
            entry.as_object_mut().expect("an object").extend(fields);
            self.list(CALLBACKS, 0, json!([entry])).await;
        }

        async fn queued(&self) -> Vec<Value> {
            let mut events = Vec::new();
            while let Some(item) =
                self.recovery.store.claim("webhooks/command/acme", Duration::from_secs(60)).await.unwrap()
            {
                events.push(serde_json::from_slice(&item.item).unwrap());
            }
            events
        }

        async fn scan(&self) -> usize {
            let time = |text: &str| parse_time(&json!(text)).unwrap();
            let (since, until) = (time("2026-05-01T10:00:00Z"), time("2026-05-01T12:00:00Z"));
            self.recovery.scan_between(since, until).await.unwrap()
        }
    }

    fn ticket(id: i64, board: i64, updated: &str) -> Value {
        json!({"id": id, "board": {"id": board},
               "_info": {"lastUpdated": updated, "dateEntered": "2025-01-01T00:00:00Z", "updatedBy": "Admin1"}})
    }

    #[tokio::test]
    async fn unreported_changes_that_a_callback_covers_are_queued_once() {
        let setup = Setup::new().await;
        setup.register(json!({"type": "ticket", "level": "board", "objectId": 3})).await;
        let reported = ticket(2, 3, "2026-05-01T10:30:00Z");
        let tickets = json!([
            ticket(1, 3, "2026-05-01T11:00:00Z"),
            reported,
            // This ticket is on another board.
            ticket(3, 4, "2026-05-01T11:00:00Z"),
            // Its callback may still be on its way.
            ticket(4, 3, "2026-05-01T12:00:01Z"),
        ]);
        setup.list("/service/tickets", 0, tickets).await;
        let mut project_ticket = ticket(9, 3, "2026-05-01T11:00:00Z");
        project_ticket["_info"]["dateEntered"] = json!("2026-05-01T11:00:00Z");
        setup.list("/project/tickets", 0, json!([project_ticket])).await;
        let event = json!({"type": "ticket", "record_id": 2, "entity": reported});
        setup.recovery.reported.note(&event).await.unwrap();

        assert_eq!(setup.scan().await, 2);
        let mut events = setup.queued().await;
        events.sort_by_key(|event| event["record_id"].as_i64());
        let time = events[0]["received_at"].take();
        assert!(parse_time(&time).is_some());
        assert_eq!(
            events[0],
            json!({
                "event_id": events[0]["event_id"], "account": "acme", "received_at": null, "action": "updated",
                "type": "ticket", "record_id": 1, "member_id": "Admin1", "callback_id": 5, "message_id": null,
                "recovered": true, "entity": ticket(1, 3, "2026-05-01T11:00:00Z"),
            })
        );
        assert_eq!((&events[1]["record_id"], &events[1]["action"]), (&json!(9), &json!("added")));
        assert_eq!(setup.scan().await, 0, "the next scan covers some of the same period");
        let mut counted = String::new();
        encode(&mut counted, &setup.registry).unwrap();
        assert!(counted.contains(r#"webhook_recovered_events_total{account="acme"} 2"#), "{counted}");
    }

    #[tokio::test]
    async fn inactive_callback_is_counted_and_its_changes_are_recovered() {
        let setup = Setup::new().await;
        let callback = json!({"type": "Company", "level": "Owner", "objectId": 1, "inactiveFlag": true});
        setup.register(callback).await;
        setup.list("/company/companies", 0, json!([ticket(1, 3, "2026-05-01T11:00:00Z")])).await;
        assert_eq!(setup.scan().await, 1);
        assert_eq!(setup.queued().await[0]["type"], "Company");
        let mut counted = String::new();
        encode(&mut counted, &setup.registry).unwrap();
        assert!(counted.contains(r#"webhook_inactive_callbacks{account="acme"} 1"#), "{counted}");
    }

    #[tokio::test]
    async fn pages_follow_the_ids_of_records() {
        let setup = Setup::new().await;
        setup.register(json!({"type": "company", "level": "owner", "objectId": 1})).await;
        let size = i64::try_from(PAGE_SIZE).unwrap();
        let full: Vec<Value> = (1..=size).map(|id| ticket(id, 1, "2026-05-01T11:00:00Z")).collect();
        setup.list("/company/companies", 0, json!(full)).await;
        setup.list("/company/companies", size, json!([ticket(size + 7, 1, "2026-05-01T11:00:00Z")])).await;
        assert_eq!(setup.scan().await, PAGE_SIZE + 1);
    }

    #[test]
    fn scan_overlaps_the_last_one_but_not_the_time_before_the_first() {
        let start = |first, last| ScanPosition { first, last }.next_start().unix_timestamp();
        assert_eq!([start(1000, 1000), start(1000, 1300), start(1000, 9000)], [1000, 1000, 8400]);
    }

    #[tokio::test]
    async fn failed_scan_is_repeated_for_the_same_period() {
        let setup = Setup::new().await;
        assert_eq!(setup.recovery.scan().await.unwrap(), 0, "the first scan requests nothing");
        assert_eq!(setup.upstream.received_requests().await.unwrap().len(), 0);
        let position = async || setup.recovery.store.get("webhooks-recovery/acme/position").await.unwrap();
        let before = position().await;
        Mock::given(path(format!("{ROOT}{CALLBACKS}")))
            .respond_with(ResponseTemplate::new(429).insert_header("retry-after", "30"))
            .mount(&setup.upstream)
            .await;
        assert!(setup.recovery.scan().await.is_err());
        assert_eq!(position().await, before);
    }
}
