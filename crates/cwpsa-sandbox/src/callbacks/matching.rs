//! Which callbacks want a change: types and levels, from the table of `data/callbacks.json`.

use std::collections::HashMap;
use std::sync::LazyLock;

use connectwise_psa::runtime::Value;
use connectwise_psa::runtime::serde_json;
use serde::Deserialize;

use crate::Event;

/// A type of callbacks: whose records, and which member of them each level compares with the callback's
/// object. Levels whose object no record names (`integratortag`, `chargetotype`) are not in the table and
/// never match; `owner` matches every record.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Type {
    collections: Vec<String>,
    levels: HashMap<String, String>,
}

static TYPES: LazyLock<HashMap<String, Type>> =
    LazyLock::new(|| match serde_json::from_str(include_str!("../../data/callbacks.json")) {
        Ok(types) => types,
        Err(error) => panic!("the table of callback types is damaged: {error}"),
    });

/// Whether callbacks can be about records of the collection.
pub(super) fn has_type(collection: &str) -> bool {
    TYPES.values().any(|known| known.collections.iter().any(|known| known == collection))
}

/// Whether a callback is to be told of a change.
pub(super) fn wants(callback: &Value, event: &Event) -> bool {
    let text = |name: &str| callback[name].as_str().unwrap_or_default().to_lowercase();
    let Some(known) = TYPES.get(&text("type")) else { return false };
    let about = known.collections.contains(&event.collection);
    if !about || callback["inactiveFlag"] == true || suppressed(callback, event) {
        return false;
    }
    let level = text("level");
    level == "owner"
        || known.levels.get(&level).is_some_and(|path| {
            callback["objectId"].as_i64().is_some_and(|object| has(&event.record, path, object))
        })
}

/// Whether the callback asks not to be told of changes by the member that registered it, and this is one. The
/// API's rule is not documented in more detail than the flag's name.
fn suppressed(callback: &Value, event: &Event) -> bool {
    let info = |record: &Value, names: [&str; 2]| {
        names.iter().find_map(|name| record["_info"][name].as_str().map(str::to_lowercase))
    };
    let owner = info(callback, ["enteredBy", "updatedBy"]);
    callback["isSelfSuppressedFlag"] == true
        && owner.is_some()
        && owner == info(&event.record, ["updatedBy", "enteredBy"])
}

/// Whether the record has the id at the path; of a list, whether any item has.
fn has(record: &Value, path: &str, id: i64) -> bool {
    match (record, path.split_once('/')) {
        (Value::Array(items), _) => items.iter().any(|item| has(item, path, id)),
        (record, Some((first, rest))) => has(&record[first], rest, id),
        (record, None) => record[path].as_i64() == Some(id),
    }
}

#[cfg(test)]
mod tests {
    use connectwise_psa::runtime::serde_json::json;

    use connectwise_psa::runtime::Method;

    use super::*;
    use crate::Action;

    fn event(collection: &str, record: Value) -> Event {
        Event { action: Action::Updated, collection: collection.to_owned(), id: 7, record }
    }

    #[test]
    fn levels_choose_records() {
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
            assert_eq!(wants(&callback, event), wanted, "{callback}");
        }
        assert!(has_type("/time/entries"));
        assert!(!has_type("/system/callbacks"));
    }

    #[test]
    fn collections_and_members_are_those_of_the_catalog() {
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
