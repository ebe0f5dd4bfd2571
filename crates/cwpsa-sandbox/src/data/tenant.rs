//! Loads a tenant's initial state from the seed records and the database file.

use serde_json::{Map, Value};

use super::{scale, seed_records};
use crate::api::api;
use crate::engine::store::{CollectionOverrides, DatabaseError, RecordDatabase, TenantState};
use crate::engine::synthetic::ensure_table;
use crate::settings::{SandboxSettings, SandboxStartError};

/// Loads the seed records and everything in the database.
pub(crate) fn load_tenant(
    settings: &SandboxSettings,
    overrides: &'static CollectionOverrides,
    now: i64,
    database: Option<&RecordDatabase>,
) -> Result<TenantState, SandboxStartError> {
    let unusable = |error: DatabaseError| SandboxStartError::Data(error.0);
    let created_at = match database {
        Some(database) => database.created_at(now).map_err(unusable)?,
        None => now,
    };
    let mut state = TenantState::new(created_at, overrides);
    let seed = seed_records::load(&mut state, settings.records.as_deref());
    seed.map_err(|error| SandboxStartError::Seed(error.to_string()))?;
    if let Some(size) = settings.scale {
        let scaled = scale::fill(&mut state, size, settings.seed);
        scaled.map_err(|error| SandboxStartError::Seed(error.to_string()))?;
    }
    let Some(database) = database else { return Ok(state) };
    let mut damaged = None;
    database
        .records(|template, id, text| {
            // Records of a collection that no longer exists in the API stay in the file.
            let Some(collection) = api().collection_id(template) else { return };
            ensure_table(&mut state, collection);
            if text.is_empty() {
                let table = state.table_mut(collection);
                table.remove(id);
                table.min_next_id = table.min_next_id.max(id + 1);
            } else if let Ok(stored) = serde_json::from_slice::<Map<String, Value>>(text)
                && let Some(record) = stored.get("record").and_then(Value::as_object)
            {
                let parent = stored.get("parent").and_then(Value::as_i64).unwrap_or_default();
                state.put(collection, id, parent, false, record);
            } else {
                damaged = Some(format!("can't read the record {template} {id}"));
            }
        })
        .map_err(unusable)?;
    database
        .files(|path, file| {
            state.files.insert(path.to_owned(), file);
        })
        .map_err(unusable)?;
    damaged.map_or(Ok(state), |reason| Err(SandboxStartError::Data(reason)))
}
