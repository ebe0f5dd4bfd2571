//! Builds response bodies that have a fixed format, such as a count.

use serde_json::{Value, json};

use super::error::ApiError;

/// The field with the IDs to delete, in a deletion's body.
pub(crate) const BULK_IDS: &str = "ids";
/// The schema of a response that only confirms an action.
const CONFIRMATION_SCHEMA: &str = "SuccessResponse";

/// Returns the number of matching records.
pub(crate) fn count(count: usize) -> Value {
    json!({"count": count})
}

/// Returns the body that confirms an action.
pub(crate) fn success() -> Value {
    json!({"success": true, "message": "Success"})
}

/// Returns the body that confirms an action, if the schema is a confirmation.
pub(crate) fn confirmation(schema: &str) -> Option<Value> {
    (schema == CONFIRMATION_SCHEMA).then(success)
}

/// Returns a kind of use of a record: the number of records of a kind that refer to it by a field.
pub(crate) fn usage(index: usize, count: usize, noun: &str, field: &str, url: &str) -> Value {
    json!({
        "id": index + 1, "count": count, "description": noun, "type": noun, "typeKey": field, "hyperlink": url,
    })
}

/// Returns the results of a bulk operation.
pub(crate) fn bulk(results: Vec<Value>) -> Value {
    json!({"payload": results})
}

/// Returns the result of one successful write in a bulk operation.
pub(crate) fn bulk_success(index: usize, status: u16, id: i64) -> Value {
    json!({"success": true, "originalIndex": index, "statusCode": status, "data": {"id": id}})
}

/// Returns the result of one failed write in a bulk operation.
pub(crate) fn bulk_error(index: usize, error: &ApiError) -> Value {
    json!({
        "success": false, "originalIndex": index, "statusCode": error.status, "error": error.to_json(),
    })
}
