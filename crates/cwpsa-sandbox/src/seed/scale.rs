//! A large tenant: many companies, tickets and configurations on top of the seed records, the same for the
//! same seed number.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::api::{CollectionId, api};
use crate::clock;
use crate::settings::Settings;
use crate::store::{Object, Row, State};
use crate::write::Writing;

/// New records count from here, far from those of the seed and those that callers make.
const FIRST: i64 = 100_000;
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

/// Adds `size` tickets, half as many configurations, and a company for each 200 tickets.
pub(super) fn fill(state: &mut State, size: u32, seed: u64) -> Result<(), String> {
    let mut random = fastrand::Rng::with_seed(seed);
    let companies = companies(state, size / 200 + 1)?;
    tickets(state, size, &companies, &mut random)?;
    configurations(state, size / 2, &companies, &mut random)
}

fn find(template: &str) -> Result<CollectionId, String> {
    api().collection(template).ok_or_else(|| format!("there is no collection {template}"))
}

/// A record that is made by the book once, for others to be copied from.
fn pattern(state: &mut State, collection: CollectionId, given: Value) -> Result<Map<String, Value>, String> {
    let settings = Settings::default();
    let now = state.began;
    let known = api().of(collection);
    let Some(writer) = known.writer() else { return Err(format!("{} can't be written", known.path)) };
    let links = &api().operations[writer].plan().links;
    let mut record = given.as_object().cloned().unwrap_or_default();
    let mut writing = Writing::new(state, &settings, now, "Automate");
    let failed = |problem| format!("{}: {problem:?}", known.path);
    writing.resolve(links, known.resource(), &mut record, |_| true).map_err(failed)?;
    writing.defaults(collection, 0, links, &mut record);
    writing.custom_fields(collection, None, &mut record);
    Ok(record)
}

fn info(entered: i64, updated: i64) -> Value {
    json!({
        "dateEntered": clock::text(entered), "lastUpdated": clock::text(updated), "enteredBy": "Automate",
        "updatedBy": "Automate",
    })
}

/// A pattern as it is kept, with places for the members that differ from record to record.
fn kept(state: &mut State, mut record: Map<String, Value>, differ: &[&str]) -> Arc<Object> {
    for member in ["id", "_info"].iter().chain(differ) {
        record.insert((*member).to_owned(), Value::from(0));
    }
    state.pool.record(&record)
}

/// Stores a record that differs from the pattern by some members.
fn put(state: &mut State, collection: CollectionId, pattern: &Object, id: i64, changed: &[(&str, Value)]) {
    let record = state.pool.like(pattern, changed);
    state.put_row(collection, Row { id, parent: 0, synthetic: false, record });
}

fn companies(state: &mut State, count: u32) -> Result<Vec<i64>, String> {
    let collection = find("/company/companies")?;
    let pattern = pattern(state, collection, json!({"types": [{"id": 1}], "territory": {"id": 2}}))?;
    let mut ids = Vec::new();
    for id in (FIRST..).take(count as usize) {
        let mut record = pattern.clone();
        record.insert("id".to_owned(), Value::from(id));
        record.insert("identifier".to_owned(), Value::from(format!("Company{id}")));
        record.insert("name".to_owned(), Value::from(format!("Company {id}")));
        record.insert("_info".to_owned(), info(state.began - 400 * DAY, state.began - 30 * DAY));
        state.put(collection, id, 0, false, &record);
        ids.push(id);
    }
    Ok(ids)
}

/// One of a list.
fn one<T: Copy>(random: &mut fastrand::Rng, list: &[T]) -> T {
    list[random.usize(..list.len())]
}

/// How records of a collection refer to the companies.
fn references(state: &mut State, collection: CollectionId, companies: &[i64]) -> Result<Vec<Value>, String> {
    let mut references = Vec::new();
    for company in companies {
        let record = pattern(state, collection, json!({"company": {"id": company}}))?;
        references.push(record.get("company").cloned().unwrap_or_default());
    }
    Ok(references)
}

fn tickets(
    state: &mut State,
    count: u32,
    companies: &[i64],
    random: &mut fastrand::Rng,
) -> Result<(), String> {
    let collection = find("/service/tickets")?;
    let mut patterns = Vec::new();
    for (board, statuses) in BOARDS.into_iter().zip(STATUSES) {
        for status in statuses {
            for priority in 1..=4 {
                let given = json!({"board": {"id": board}, "status": {"id": status}, "priority": {"id": priority},
                    "owner": {"id": 2}, "resources": "JSmith"});
                let mut record = pattern(state, collection, given)?;
                record.insert("closedFlag".to_owned(), Value::Bool(CLOSED.contains(status)));
                patterns.push(kept(state, record, &["summary", "company"]));
            }
        }
    }
    let references = references(state, collection, companies)?;
    for id in (FIRST..).take(count as usize) {
        let pattern = patterns[random.usize(..patterns.len())].clone();
        let entered = state.began - random.i64(0..400 * DAY);
        let changed = [
            ("id", Value::from(id)),
            ("summary", Value::from(format!("{} ({id})", one(random, &PROBLEMS)))),
            ("company", references[random.usize(..references.len())].clone()),
            ("_info", info(entered, entered + random.i64(0..3 * DAY))),
        ];
        put(state, collection, &pattern, id, &changed);
    }
    Ok(())
}

fn configurations(
    state: &mut State,
    count: u32,
    companies: &[i64],
    random: &mut fastrand::Rng,
) -> Result<(), String> {
    let collection = find("/company/configurations")?;
    let mut patterns = Vec::new();
    for kind in 1..=5 {
        let record = pattern(state, collection, json!({"type": {"id": kind}, "manufacturer": {"id": 5}}))?;
        let differ = ["name", "serialNumber", "company", "purchaseDate", "warrantyExpirationDate"];
        patterns.push(kept(state, record, &differ));
    }
    let references = references(state, collection, companies)?;
    for id in (FIRST..).take(count as usize) {
        let pattern = patterns[random.usize(..patterns.len())].clone();
        let bought = state.began - random.i64(0..1500 * DAY);
        let day = |moment: i64| Value::from(clock::text(moment - moment.rem_euclid(DAY)));
        let changed = [
            ("id", Value::from(id)),
            ("name", Value::from(format!("DEVICE-{id}"))),
            ("serialNumber", Value::from(format!("SN{:010}", random.u32(..)))),
            ("company", references[random.usize(..references.len())].clone()),
            ("purchaseDate", day(bought)),
            ("warrantyExpirationDate", day(bought + 1095 * DAY)),
            ("_info", info(bought, bought)),
        ];
        put(state, collection, &pattern, id, &changed);
    }
    Ok(())
}
