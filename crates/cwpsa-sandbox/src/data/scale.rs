//! Generates large tenants, which have many companies, tickets and configurations in addition to the seed records. The
//! same seed number always produces the same tenant.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::error::DataError;
use super::rules_file::collection_at;
use crate::api::{CollectionId, api};
use crate::connectwise::date;
use crate::connectwise::error::ApiError;
use crate::connectwise::fields::INFO;
use crate::engine::store::{RecordObject, StoredRow, TenantState};
use crate::engine::transaction::Transaction;

/// The first ID, far from those of seed records and of records that callers create.
const FIRST_ID: i64 = 100_000;
/// The user name of the records' creator.
const AUTHOR: &str = "Automate";
const DAY: i64 = 86_400;
const PROBLEMS: [&str; 8] = [
    "Printer is offline",
    "Mailbox is full",
    "VPN does not connect",
    "Laptop does not start",
    "Backup failed",
    "Disk space alert",
    "Password reset",
    "Switch port is down",
];
const BOARDS: [i64; 2] = [1, 2];
const STATUSES: [&[i64]; 2] = [&[101, 102, 103, 104], &[201, 202, 203, 204]];
const CLOSED: [i64; 2] = [104, 204];

/// Adds `size` tickets, half as many configurations, and one company per 200 tickets.
pub(super) fn fill(state: &mut TenantState, size: u32, seed: u64) -> Result<(), DataError> {
    let mut random = fastrand::Rng::with_seed(seed);
    let companies = companies(state, size / 200 + 1)?;
    tickets(state, size, &companies, &mut random)?;
    configurations(state, size / 2, &companies, &mut random)
}

/// Creates a record with its references and defaults, as a pattern to copy.
fn pattern(
    state: &mut TenantState,
    collection: CollectionId,
    given: Value,
) -> Result<Map<String, Value>, DataError> {
    let now = state.created_at;
    let known = api().collection(collection);
    let Some(writer) = known.writer() else {
        return Err(DataError::new(known.path, "can't write records"));
    };
    let links = &api().operations[writer].details().links;
    let mut record = given.as_object().cloned().unwrap_or_default();
    let mut tx = Transaction::new(state, now, AUTHOR);
    let failed = |error: ApiError| DataError::new(known.path, error.message);
    tx.resolve_references(links, known.resource(), &mut record, |_| true).map_err(failed)?;
    tx.fill_defaults(collection, 0, links, &mut record);
    tx.merge_custom_fields(collection, None, &mut record);
    Ok(record)
}

fn info(entered: i64, updated: i64) -> Value {
    json!({
        "dateEntered": date::format(entered), "lastUpdated": date::format(updated), "enteredBy": AUTHOR,
        "updatedBy": AUTHOR,
    })
}

/// Stores a pattern, with placeholders for the fields that differ from record to record.
fn intern_pattern(
    state: &mut TenantState,
    mut record: Map<String, Value>,
    differ: &[&str],
) -> Arc<RecordObject> {
    for field in ["id", INFO].iter().chain(differ) {
        record.insert((*field).to_owned(), Value::from(0));
    }
    state.interner.record(&record)
}

/// Stores a record that differs from the pattern in some fields.
fn put(
    state: &mut TenantState,
    collection: CollectionId,
    pattern: &RecordObject,
    id: i64,
    changed: &[(&str, Value)],
) {
    let record = state.interner.with_changes(pattern, changed);
    state.put_row(collection, StoredRow { id, parent: 0, synthetic: false, record });
}

fn companies(state: &mut TenantState, count: u32) -> Result<Vec<i64>, DataError> {
    let collection = collection_at("/company/companies")?;
    let pattern = pattern(state, collection, json!({"types": [{"id": 1}], "territory": {"id": 2}}))?;
    let mut ids = Vec::new();
    for id in (FIRST_ID..).take(count as usize) {
        let mut record = pattern.clone();
        record.insert("id".to_owned(), Value::from(id));
        record.insert("identifier".to_owned(), Value::from(format!("Company{id}")));
        record.insert("name".to_owned(), Value::from(format!("Company {id}")));
        record.insert(INFO.to_owned(), info(state.created_at - 400 * DAY, state.created_at - 30 * DAY));
        state.put(collection, id, 0, false, &record);
        ids.push(id);
    }
    Ok(ids)
}

/// Picks an element at random.
fn pick<T: Copy>(random: &mut fastrand::Rng, list: &[T]) -> T {
    list[random.usize(..list.len())]
}

/// Returns references to the companies, as they appear in a collection's records.
fn references(
    state: &mut TenantState,
    collection: CollectionId,
    companies: &[i64],
) -> Result<Vec<Value>, DataError> {
    let mut references = Vec::new();
    for company in companies {
        let record = pattern(state, collection, json!({"company": {"id": company}}))?;
        references.push(record.get("company").cloned().unwrap_or_default());
    }
    Ok(references)
}

fn tickets(
    state: &mut TenantState,
    count: u32,
    companies: &[i64],
    random: &mut fastrand::Rng,
) -> Result<(), DataError> {
    let collection = collection_at("/service/tickets")?;
    let mut patterns = Vec::new();
    for (board, statuses) in BOARDS.into_iter().zip(STATUSES) {
        for status in statuses {
            for priority in 1..=4 {
                let given = json!({"board": {"id": board}, "status": {"id": status}, "priority": {"id": priority},
                    "owner": {"id": 2}, "resources": "JSmith"});
                let mut record = pattern(state, collection, given)?;
                record.insert("closedFlag".to_owned(), Value::Bool(CLOSED.contains(status)));
                patterns.push(intern_pattern(state, record, &["summary", "company"]));
            }
        }
    }
    let references = references(state, collection, companies)?;
    for id in (FIRST_ID..).take(count as usize) {
        let pattern = patterns[random.usize(..patterns.len())].clone();
        let entered = state.created_at - random.i64(0..400 * DAY);
        let changed = [
            ("id", Value::from(id)),
            ("summary", Value::from(format!("{} ({id})", pick(random, &PROBLEMS)))),
            ("company", references[random.usize(..references.len())].clone()),
            (INFO, info(entered, entered + random.i64(0..3 * DAY))),
        ];
        put(state, collection, &pattern, id, &changed);
    }
    Ok(())
}

fn configurations(
    state: &mut TenantState,
    count: u32,
    companies: &[i64],
    random: &mut fastrand::Rng,
) -> Result<(), DataError> {
    let collection = collection_at("/company/configurations")?;
    let mut patterns = Vec::new();
    for kind in 1..=5 {
        let record = pattern(state, collection, json!({"type": {"id": kind}, "manufacturer": {"id": 5}}))?;
        let differ = ["name", "serialNumber", "company", "purchaseDate", "warrantyExpirationDate"];
        patterns.push(intern_pattern(state, record, &differ));
    }
    let references = references(state, collection, companies)?;
    for id in (FIRST_ID..).take(count as usize) {
        let pattern = patterns[random.usize(..patterns.len())].clone();
        let bought = state.created_at - random.i64(0..1500 * DAY);
        let day = |moment: i64| Value::from(date::format(moment - moment.rem_euclid(DAY)));
        let changed = [
            ("id", Value::from(id)),
            ("name", Value::from(format!("DEVICE-{id}"))),
            ("serialNumber", Value::from(format!("SN{:010}", random.u32(..)))),
            ("company", references[random.usize(..references.len())].clone()),
            ("purchaseDate", day(bought)),
            ("warrantyExpirationDate", day(bought + 1095 * DAY)),
            (INFO, info(bought, bought)),
        ];
        put(state, collection, &pattern, id, &changed);
    }
    Ok(())
}
