//! What a tenant starts with: the records of `data/` and of a file of one's own, and for collections that have none there one
//! or two made up from their schemas when they are first looked at.

mod load;
mod scale;
mod synthetic;

use serde_json::{Map, Value, json};

use crate::api::{CollectionId, api};
use crate::settings::{Settings, SettingsError};
use crate::store::{Disk, Failed, Object, State};

pub(crate) use synthetic::{sample, sample_inline};

/// Makes the collection's table, with made up records, if it was never looked at.
pub(crate) fn ensure(state: &mut State, collection: CollectionId) {
    if !state.known(collection) {
        // First, so that collections that refer to each other come to an end.
        state.table_mut(collection);
        synthetic::fill(state, collection);
    }
}

/// The tenant as it starts, with what the disk kept.
pub(crate) fn start(settings: &Settings, now: i64, disk: Option<&Disk>) -> Result<State, SettingsError> {
    let damaged = |error: Failed| SettingsError::Data(error.0);
    let began = match disk {
        Some(disk) => disk.began(now).map_err(damaged)?,
        None => now,
    };
    let mut state = State::new(began);
    load::load(&mut state, settings.records.as_deref()).map_err(SettingsError::Seed)?;
    if let Some(size) = settings.scale {
        scale::fill(&mut state, size, settings.seed).map_err(SettingsError::Seed)?;
    }
    let Some(disk) = disk else { return Ok(state) };
    let mut wrong = None;
    disk.records(|template, id, text| {
        // A collection that the API has no more is passed over, and stays in the file.
        let Some(collection) = api().collection(template) else { return };
        ensure(&mut state, collection);
        if text.is_empty() {
            state.table_mut(collection).remove(id);
            let table = state.table_mut(collection);
            table.next = table.next.max(id + 1);
        } else if let Ok(kept) = serde_json::from_slice::<Map<String, Value>>(text)
            && let Some(record) = kept.get("record").and_then(Value::as_object)
        {
            let parent = kept.get("parent").and_then(Value::as_i64).unwrap_or_default();
            state.put(collection, id, parent, false, record);
        } else {
            wrong = Some(format!("the record {template} {id} can't be read"));
        }
    })
    .map_err(damaged)?;
    disk.files(|path, file| {
        state.files.insert(path.to_owned(), file);
    })
    .map_err(damaged)?;
    wrong.map_or(Ok(state), |reason| Err(SettingsError::Data(reason)))
}

/// A record as the disk keeps it.
pub(crate) fn kept(parent: i64, record: &Object) -> Vec<u8> {
    json!({"parent": parent, "record": record.value()}).to_string().into_bytes()
}
