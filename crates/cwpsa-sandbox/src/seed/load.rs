//! Reading the seed records: lists of records by the path of their collection, `/service/boards/1/statuses`.
//! Dates that start with `@` count from the day the tenant began; references name an id, an identifier or a
//! name, and are filled in like those of a write.

use std::path::Path;

use serde_json::{Map, Value};

use crate::api::{CollectionId, Found, Purpose, api};
use crate::clock;
use crate::settings::Settings;
use crate::store::State;
use crate::write::Writing;

/// The files, each an object of lists.
const FILES: [(&str, &str); 4] = [
    ("lookups", include_str!("../../data/lookups.json")),
    ("companies", include_str!("../../data/companies.json")),
    ("procurement", include_str!("../../data/procurement.json")),
    ("service", include_str!("../../data/service.json")),
];

/// A member of a seed file that says which id the next record gets.
const NEXT: &str = "@next";

/// Puts all seed records into a new state, and those of a file of one's own: they come last, so that they can name the
/// others, and one with the id of another takes its place.
pub(super) fn load(state: &mut State, own: Option<&Path>) -> Result<(), String> {
    let own = match own {
        Some(path) => {
            let name = path.display().to_string();
            let text = std::fs::read_to_string(path).map_err(|error| format!("{name}: {error}"))?;
            Some((name, text))
        }
        None => None,
    };
    let own = own.as_ref().map(|(name, text)| (name.as_str(), text.as_str()));
    let mut loaded = Vec::new();
    for (file, text) in FILES.into_iter().chain(own) {
        let lists: Map<String, Value> =
            serde_json::from_str(text).map_err(|error| format!("{file}: {error}"))?;
        for (path, list) in lists {
            if path == NEXT {
                next(state, &list)?;
                continue;
            }
            let (collection, parent) = place(state, &path)?;
            let Value::Array(records) = list else { return Err(format!("{path} is no list")) };
            state.table_mut(collection);
            for (at, record) in records.into_iter().enumerate() {
                let Value::Object(mut record) = record else {
                    return Err(format!("{path} {at} is no record"));
                };
                dates(&mut record, state.began);
                let next = state.table(collection).map_or(1, |table| table.next_id());
                let id = record.get("id").and_then(Value::as_i64).unwrap_or(next);
                record.insert("id".to_owned(), Value::from(id));
                state.put(collection, id, parent, false, &record);
                loaded.push((collection, parent, id));
            }
        }
    }
    complete(state, &loaded)
}

fn next(state: &mut State, list: &Value) -> Result<(), String> {
    for (path, id) in list.as_object().into_iter().flatten() {
        let (collection, _) = place(state, path)?;
        state.table_mut(collection).next = id.as_i64().ok_or_else(|| format!("{path}: {id} is no id"))?;
    }
    Ok(())
}

/// The collection at a path, and the parent that its records hang under.
fn place(state: &State, path: &str) -> Result<(CollectionId, i64), String> {
    for method in ["GET", "POST"] {
        let Found::Operation { operation, place } = api().find(method, path) else { continue };
        let collection = match api().operations[operation].purpose {
            Purpose::List(collection) | Purpose::Create(collection) | Purpose::Single(collection) => {
                collection
            }
            _ => continue,
        };
        let parent = place.values.last().and_then(|value| value.parse().ok()).unwrap_or(0);
        if let Some(Some(above)) = api().of(collection).parents.last()
            && state.row(*above, parent).is_none()
        {
            return Err(format!("{path} hangs under a record that is not there"));
        }
        return Ok((collection, parent));
    }
    Err(format!("{path} is no collection"))
}

fn dates(record: &mut Map<String, Value>, now: i64) {
    for (_, value) in record {
        match value {
            Value::String(text) => {
                if let Some(date) = clock::relative(text, now) {
                    *text = date;
                }
            }
            Value::Object(members) => dates(members, now),
            Value::Array(items) => {
                items.iter_mut().filter_map(Value::as_object_mut).for_each(|members| dates(members, now));
            }
            _ => {}
        }
    }
}

/// Fills in references and defaults, now that all records are there.
fn complete(state: &mut State, loaded: &[(CollectionId, i64, i64)]) -> Result<(), String> {
    let settings = Settings::default();
    let now = state.began;
    for (collection, parent, id) in loaded {
        let known = api().of(*collection);
        let Some(mut record) = state.value(*collection, *id) else { continue };
        for name in record.keys().filter(|name| !matches!(name.as_str(), "id" | "_info")) {
            if known.resource().member(name).is_none() && !known.resource().members.is_empty() {
                return Err(format!("{} {id} has no member {name}", known.path));
            }
        }
        let plan = known.writer().map(|writer| api().operations[writer].plan());
        let links = plan.map(|plan| plan.links.as_slice()).unwrap_or_default();
        let mut writing = Writing::new(state, &settings, now, "Admin1");
        let failed = |problem| format!("{} {id}: {problem:?}", known.path);
        writing.resolve(links, known.resource(), &mut record, |_| true).map_err(failed)?;
        writing.defaults(*collection, *parent, links, &mut record);
        writing.custom_fields(*collection, None, &mut record);
        let date = Value::from(clock::text(now));
        let info = crate::write::info(&mut record);
        for name in ["lastUpdated", "dateEntered"] {
            info.entry(name).or_insert_with(|| date.clone());
        }
        for name in ["updatedBy", "enteredBy"] {
            info.entry(name).or_insert_with(|| Value::from("Admin1"));
        }
        state.put(*collection, *id, *parent, false, &record);
    }
    Ok(())
}
