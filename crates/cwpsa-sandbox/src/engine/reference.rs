//! References to records, as other records contain them.

use serde_json::{Map, Value};

use crate::api::{CollectionId, Member, api, resource};
use crate::connectwise::fields::{self, INFO};
use crate::engine::store::{RecordObject, RecordValue, StoredRow};

/// Builds a reference to a record for a field of this type. `path` is the path of the record, for the link.
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
        let name = fields::link_name(schema, &api().of(target).noun());
        fields::info(&mut reference).insert(name, Value::from(path));
    }
    reference
}

/// Returns what references show for a field of a record.
pub(crate) fn display_value(record: &RecordObject, field: &str) -> Option<String> {
    fields::display_value(field, |name| record.get(name).and_then(RecordValue::as_text).map(str::to_owned))
}
