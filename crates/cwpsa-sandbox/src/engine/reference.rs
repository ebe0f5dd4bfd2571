//! Builds the references to records that other records contain.

use serde_json::{Map, Value};

use crate::api::{CollectionId, Member, api, resource};
use crate::connectwise::fields::{self, DEVICE_IDENTIFIER, INFO};
use crate::engine::store::{RecordObject, RecordValue, StoredRow, TenantState};

/// Builds a reference to a record for a field of this type. `path` is the record's path, for the link.
pub(crate) fn build_reference(
    target: CollectionId,
    row: &StoredRow,
    field: Option<&Member>,
    path: Option<String>,
) -> Map<String, Value> {
    let schema = match field {
        Some(Member::Object(name)) => Some(name.as_str()),
        Some(Member::List(item)) => match &**item {
            Member::Object(name) => Some(name.as_str()),
            _ => None,
        },
        _ => None,
    };
    let mut reference = Map::new();
    reference.insert("id".to_owned(), Value::from(row.id));
    let names: Vec<&str> = match schema {
        Some(schema) => resource(schema).members.iter().map(|(name, _)| name.as_str()).collect(),
        None => vec!["name"],
    };
    for name in names.into_iter().filter(|name| *name != "id" && *name != INFO) {
        let scalar = row
            .record
            .get(name)
            .filter(|value| !matches!(value, RecordValue::Object(_) | RecordValue::List(_)));
        let value = scalar.map(RecordValue::to_json);
        if let Some(value) = value.or_else(|| Some(Value::from(display_value(&row.record, name)?))) {
            reference.insert(name.to_owned(), value);
        }
    }
    if let Some(path) = path {
        let name = fields::link_name(schema, &api().collection(target).noun());
        fields::info(&mut reference).insert(name, Value::from(path));
    }
    reference
}

/// Writes the data that an attachment shows for the attached record: its ID, its name and a link to it.
pub(crate) fn describe_attachment(
    state: &TenantState,
    collection: CollectionId,
    target: CollectionId,
    id: i64,
    record: &mut Map<String, Value>,
) {
    record.insert("id".to_owned(), Value::from(id));
    let Some(row) = state.row(target, id) else { return };
    if api().collection(collection).resource().member(DEVICE_IDENTIFIER).is_some()
        && let Some(identifier) = row.record.get(DEVICE_IDENTIFIER)
    {
        record.insert(DEVICE_IDENTIFIER.to_owned(), identifier.to_json());
    }
    let path = format!("{}/{id}", api().collection(target).path);
    let reference = build_reference(target, row, None, Some(path));
    let info = fields::info(record);
    if let Some(name) = reference.get("name") {
        info.insert("name".to_owned(), name.clone());
    }
    if let Some(Value::Object(links)) = reference.get(fields::INFO) {
        info.extend(links.clone());
    }
}

/// Returns the value that references show for a record field.
pub(crate) fn display_value(record: &RecordObject, field: &str) -> Option<String> {
    fields::display_value(field, |name| record.get(name).and_then(RecordValue::as_text).map(str::to_owned))
}
