//! Loads seed records from lists that are keyed by the path of the records' collection (`/service/boards/1/statuses`).
//!
//! Dates that start with `@` are relative to the day on which the tenant was created. References contain an ID, an
//! identifier or a name, and are resolved like references in API requests.

use std::path::Path;

use serde_json::{Map, Value};

use super::error::DataError;
use super::relative_date;
use crate::api::{CollectionId, Purpose, RouteMatch, api};
use crate::connectwise::date;
use crate::connectwise::error::ApiError;
use crate::connectwise::fields::{self, AuditStamp, INFO};
use crate::engine::reference::describe_attachment;
use crate::engine::store::TenantState;
use crate::engine::transaction::Transaction;

/// The seed files, each an object of lists.
const FILES: [(&str, &str); 4] = [
    ("lookups", include_str!("../../data/lookups.json")),
    ("companies", include_str!("../../data/companies.json")),
    ("procurement", include_str!("../../data/procurement.json")),
    ("service", include_str!("../../data/service.json")),
];

/// The entry in a seed file with the IDs for the next records.
const NEXT_IDS: &str = "@next";

/// The member who created the seed records.
const AUTHOR: &str = "Admin1";

/// Loads all seed records into a new tenant, followed by those in the user's own file. The user's records can
/// refer to the seed records, and replace records with the same ID.
pub(super) fn load(state: &mut TenantState, own: Option<&Path>) -> Result<(), DataError> {
    let own = match own {
        Some(path) => {
            let name = path.display().to_string();
            let text = std::fs::read_to_string(path).map_err(|error| DataError::new(&name, error))?;
            Some((name, text))
        }
        None => None,
    };
    let own = own.as_ref().map(|(name, text)| (name.as_str(), text.as_str()));
    let mut loaded = Vec::new();
    for (file, text) in FILES.into_iter().chain(own) {
        let lists: Map<String, Value> =
            serde_json::from_str(text).map_err(|error| DataError::new(file, error))?;
        for (path, list) in lists {
            if path == NEXT_IDS {
                set_next_ids(state, &list)?;
                continue;
            }
            let (collection, parent) = resolve_path(state, &path)?;
            let Value::Array(records) = list else {
                return Err(DataError::new(&path, "expected a list of records"));
            };
            state.table_mut(collection);
            for (at, record) in records.into_iter().enumerate() {
                let Value::Object(mut record) = record else {
                    return Err(DataError::new(&format!("{path} {at}"), "expected an object"));
                };
                resolve_dates(&mut record, state.created_at);
                let next = state.table(collection).map_or(1, |table| table.next_id());
                let attaches = state.overrides.attached(collection).is_some();
                let id = record.get("id").and_then(Value::as_i64).filter(|_| !attaches).unwrap_or(next);
                if !attaches {
                    record.insert("id".to_owned(), Value::from(id));
                }
                state.put(collection, id, parent, false, &record);
                loaded.push((collection, parent, id));
            }
        }
    }
    complete(state, &loaded)
}

fn set_next_ids(state: &mut TenantState, list: &Value) -> Result<(), DataError> {
    for (path, id) in list.as_object().into_iter().flatten() {
        let (collection, _) = resolve_path(state, path)?;
        state.table_mut(collection).min_next_id =
            id.as_i64().ok_or_else(|| DataError::new(path, format!("expected an id, got {id}")))?;
    }
    Ok(())
}

/// Returns the collection at a path, and the parent ID in the path.
fn resolve_path(state: &TenantState, path: &str) -> Result<(CollectionId, i64), DataError> {
    for method in ["GET", "POST"] {
        let RouteMatch::Operation { operation, path_values } = api().find(method, path) else { continue };
        let collection = match api().operations[operation].purpose {
            Purpose::List(collection) | Purpose::Create(collection) | Purpose::Single(collection) => {
                collection
            }
            _ => continue,
        };
        let parent = path_values.last().and_then(|value| value.parse().ok()).unwrap_or(0);
        if let Some(Some(above)) = api().collection(collection).parents.last()
            && state.row(*above, parent).is_none()
        {
            return Err(DataError::new(path, "the parent record does not exist"));
        }
        return Ok((collection, parent));
    }
    Err(DataError::new(path, "unknown collection"))
}

fn resolve_dates(record: &mut Map<String, Value>, now: i64) {
    for (_, value) in record {
        match value {
            Value::String(text) => {
                if let Some(date) = relative_date::resolve(text, now) {
                    *text = date;
                }
            }
            Value::Object(members) => resolve_dates(members, now),
            Value::Array(items) => {
                items
                    .iter_mut()
                    .filter_map(Value::as_object_mut)
                    .for_each(|members| resolve_dates(members, now));
            }
            _ => {}
        }
    }
}

/// Resolves references and fills in defaults, now that all records are loaded.
fn complete(state: &mut TenantState, loaded: &[(CollectionId, i64, i64)]) -> Result<(), DataError> {
    let now = state.created_at;
    for (collection, parent, id) in loaded {
        let known = api().collection(*collection);
        let Some(mut record) = state.value(*collection, *id) else { continue };
        for name in record.keys().filter(|name| !matches!(name.as_str(), "id" | INFO)) {
            if known.resource().member(name).is_none() && !known.resource().members.is_empty() {
                return Err(DataError::new(&format!("{} {id}", known.path), format!("unknown field {name}")));
            }
        }
        let details = known.writer().map(|writer| api().operations[writer].details());
        let links = details.map(|details| details.links.as_slice()).unwrap_or_default();
        let mut tx = Transaction::new(state, now, AUTHOR);
        let failed = |error: ApiError| DataError::new(&format!("{} {id}", known.path), error.message);
        tx.resolve_references(links, known.resource(), &mut record, |_| true).map_err(failed)?;
        tx.fill_defaults(*collection, *parent, links, &mut record);
        tx.merge_custom_fields(*collection, None, &mut record);
        if let Some(target) = state.overrides.attached(*collection)
            && let Some(attached) = record.get("id").and_then(Value::as_i64)
        {
            describe_attachment(state, *collection, target, attached, &mut record);
        }
        fields::stamp_missing(&mut record, AuditStamp { date: &date::format(now), member: AUTHOR });
        state.put(*collection, *id, *parent, false, &record);
    }
    Ok(())
}
