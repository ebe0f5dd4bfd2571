//! Helpers that read and write the fields of records.

use serde_json::{Map, Value};

/// Returns a reference's ID.
pub(super) fn reference_id(record: &Map<String, Value>, field: &str) -> Option<i64> {
    record.get(field)?.get("id")?.as_i64()
}

/// Returns a number; 0 if it is missing.
pub(super) fn number_field(record: &Map<String, Value>, field: &str) -> f64 {
    record.get(field).and_then(Value::as_f64).unwrap_or_default()
}

/// Returns a flag; false if it is missing.
pub(super) fn flag_field(record: &Map<String, Value>, field: &str) -> bool {
    record.get(field).and_then(Value::as_bool).unwrap_or_default()
}

/// Returns a text field; empty if it is missing.
pub(super) fn text_field<'r>(record: &'r Map<String, Value>, field: &str) -> &'r str {
    record.get(field).and_then(Value::as_str).unwrap_or_default()
}
