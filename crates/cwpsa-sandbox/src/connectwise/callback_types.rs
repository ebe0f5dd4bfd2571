//! Determines which changes trigger a callback, based on its type and level. The types and levels are listed in
//! `data/callbacks.json`.

use std::collections::HashMap;
use std::sync::LazyLock;

use connectwise_psa::runtime::Value;
use connectwise_psa::runtime::serde_json;
use serde::Deserialize;

use super::fields::INFO;
use crate::message::ChangeEvent;

/// The level that matches every record. All types have it.
const OWNER: &str = "owner";

/// A callback type: the collections of its records, and the field that each level compares with the callback's object.
/// Levels whose object isn't contained in any record (`integratortag`, `chargetotype`) never match; `owner` matches
/// every record.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CallbackType {
    collections: Vec<String>,
    levels: HashMap<String, String>,
    /// Levels whose object isn't contained in any record.
    #[serde(default)]
    unmatched_levels: Vec<String>,
}

static TYPES: LazyLock<HashMap<String, CallbackType>> =
    LazyLock::new(|| match serde_json::from_str(include_str!("../../data/callbacks.json")) {
        Ok(types) => types,
        Err(error) => panic!("the callback type table is corrupt: {error}"),
    });

/// Returns true if and only if a collection has callbacks.
pub(crate) fn has_type(collection: &str) -> bool {
    TYPES.values().any(|known| known.collections.iter().any(|known| known == collection))
}

/// Returns true if a callback type has a level, and `None` if the type is unknown.
pub(crate) fn has_level(kind: &str, level: &str) -> Option<bool> {
    let known = TYPES.get(&kind.to_lowercase())?;
    let level = level.to_lowercase();
    Some(level == OWNER || known.levels.contains_key(&level) || known.unmatched_levels.contains(&level))
}

/// Returns true if and only if a change triggers a callback.
pub(crate) fn matches(callback: &Value, event: &ChangeEvent) -> bool {
    callback["inactiveFlag"] != true && covers(callback, &event.collection, &event.record)
}

/// Returns the paths of the collections whose records a callback type reports, or an empty slice for an unknown type.
/// Case is ignored.
pub fn collections(kind: &str) -> &'static [String] {
    TYPES.get(&kind.to_lowercase()).map_or(&[], |known| &known.collections)
}

/// Returns true if and only if an active callback reports changes to this record in a collection.
pub fn covers(callback: &Value, collection: &str, record: &Value) -> bool {
    let text = |name: &str| callback[name].as_str().unwrap_or_default().to_lowercase();
    let Some(known) = TYPES.get(&text("type")) else { return false };
    if !known.collections.iter().any(|known| known == collection) || is_suppressed(callback, record) {
        return false;
    }
    let level = text("level");
    level == OWNER
        || known.levels.get(&level).is_some_and(|path| {
            callback["objectId"].as_i64().is_some_and(|object| contains_id(record, path, object))
        })
}

/// Returns true if the callback ignores changes by the member who registered it, and this is such a change. The API
/// documents only the name of the flag.
fn is_suppressed(callback: &Value, record: &Value) -> bool {
    let info = |record: &Value, names: [&str; 2]| {
        names.iter().find_map(|name| record[INFO][name].as_str().map(str::to_lowercase))
    };
    let owner = info(callback, ["enteredBy", "updatedBy"]);
    callback["isSelfSuppressedFlag"] == true
        && owner.is_some()
        && owner == info(record, ["updatedBy", "enteredBy"])
}

/// Returns true if a record, or any item of a list, contains the ID at the path.
fn contains_id(record: &Value, path: &str, id: i64) -> bool {
    match (record, path.split_once('/')) {
        (Value::Array(items), _) => items.iter().any(|item| contains_id(item, path, id)),
        (record, Some((first, rest))) => contains_id(&record[first], rest, id),
        (record, None) => record[path].as_i64() == Some(id),
    }
}

#[cfg(test)]
mod tests {
    use connectwise_psa::runtime::serde_json::json;

    use connectwise_psa::runtime::Method;

    use super::*;
    use crate::message::RecordChangeKind;

    fn event(collection: &str, record: Value) -> ChangeEvent {
        ChangeEvent { kind: RecordChangeKind::Updated, collection: collection.to_owned(), id: 7, record }
    }

    #[test]
    fn levels_select_records() {
        let ticket = event(
            "/service/tickets",
            json!({"id": 7, "board": {"id": 3}, "status": {"id": 4}, "_info": {"updatedBy": "Admin1"}}),
        );
        let company = event("/company/companies", json!({"id": 7, "types": [{"id": 1}, {"id": 2}]}));
        for (event, callback, wanted) in [
            (&ticket, json!({"type": "ticket", "level": "owner", "objectId": 1}), true),
            (&ticket, json!({"type": "Ticket", "level": "Board", "objectId": 3}), true),
            (&ticket, json!({"type": "ticket", "level": "board", "objectId": 4}), false),
            (&ticket, json!({"type": "ticket", "level": "status", "objectId": 4}), true),
            (&ticket, json!({"type": "ticket", "level": "ticket", "objectId": 7}), true),
            (&ticket, json!({"type": "ticket", "level": "project", "objectId": 3}), false),
            (&ticket, json!({"type": "ticket", "level": "integratortag", "objectId": 3}), false),
            (&ticket, json!({"type": "company", "level": "owner", "objectId": 1}), false),
            (&ticket, json!({"type": "ticket", "level": "owner", "inactiveFlag": true}), false),
            (
                &ticket,
                json!({"type": "ticket", "level": "owner", "isSelfSuppressedFlag": true,
                       "_info": {"enteredBy": "admin1"}}),
                false,
            ),
            (
                &ticket,
                json!({"type": "ticket", "level": "owner", "isSelfSuppressedFlag": true,
                       "_info": {"enteredBy": "Other"}}),
                true,
            ),
            (&company, json!({"type": "company", "level": "type", "objectId": 2}), true),
            (&company, json!({"type": "company", "level": "type", "objectId": 3}), false),
        ] {
            assert_eq!(matches(&callback, event), wanted, "{callback}");
        }
        assert!(has_type("/time/entries"));
        assert!(!has_type("/system/callbacks"));
    }

    #[test]
    fn collections_and_members_match_the_catalog() {
        let tools: Vec<_> = connectwise_psa::CATALOG.tools().collect();
        for (name, known) in &*TYPES {
            let mut schemas = String::new();
            for collection in &known.collections {
                let tool =
                    tools.iter().find(|tool| tool.method() == Method::Get && tool.path() == *collection);
                let tool = tool.unwrap_or_else(|| panic!("{name}: no list at {collection}"));
                schemas += &tool.output_schema().to_string();
            }
            for path in known.levels.values() {
                let first = path.split('/').next().unwrap_or_default();
                assert!(schemas.contains(&format!("\"{first}\":")), "{name}: no record has {first}");
            }
        }
    }
}
