//! Schedule entries: the type determines which record `objectId` refers to, and that record must exist. An entry can't
//! end before it starts.

use serde_json::{Map, Value};

use super::collections::{ACTIVITIES, PROJECT_TICKETS, TICKETS};
use super::record_fields::text_field;
use crate::connectwise::error::{ApiError, InvalidField};
use crate::engine::rule::{RecordChange, SandboxRule};
use crate::engine::transaction::Transaction;

/// The identifiers of types whose entries refer to a record, the noun for such a record in messages, where it is
/// stored, and the field that names the entry.
const OBJECT_TYPES: [(&str, &str, &[&str], &str); 2] = [
    ("C", "Activity", &[ACTIVITIES], "name"),
    ("S", "Service Ticket", &[TICKETS, PROJECT_TICKETS], "summary"),
];

pub(super) struct ScheduleEntryRule;

impl SandboxRule for ScheduleEntryRule {
    type CarryOver = ();

    fn validate(&self, record: &Map<String, Value>, invalid_fields: &mut Vec<InvalidField>) {
        let (start, end) = (text_field(record, "dateStart"), text_field(record, "dateEnd"));
        // Times have one form, in which they sort as text.
        if !start.is_empty() && !end.is_empty() && end < start {
            let message = "The dateEnd field must not be before dateStart.";
            invalid_fields.push(InvalidField::new("InvalidField", "scheduleEntry", "dateEnd", message));
        }
    }

    fn before_write(&self, tx: &mut Transaction<'_>, change: &mut RecordChange<'_>) -> Result<(), ApiError> {
        let identifier = change.record.get("type").and_then(|kind| kind["identifier"].as_str());
        let known = OBJECT_TYPES.iter().find(|(known, ..)| Some(*known) == identifier);
        let Some((_, noun, collections, name)) = known else { return Ok(()) };
        let Some(id) = change.record.get("objectId").and_then(Value::as_i64) else { return Ok(()) };
        let Some(object) = find(tx, collections, id)? else {
            let message = format!("{noun} {id} not found");
            return Err(ApiError::invalid_field("NotFound", "schedule", "objectId", message));
        };
        if text_field(change.record, "name").is_empty() {
            change.record.insert("name".to_owned(), Value::from(text_field(&object, name)));
        }
        Ok(())
    }
}

fn find(
    tx: &mut Transaction<'_>,
    collections: &[&str],
    id: i64,
) -> Result<Option<Map<String, Value>>, ApiError> {
    for template in collections {
        let collection = tx.collection(template)?;
        if let Some(record) = tx.get(collection, id) {
            return Ok(Some(record));
        }
    }
    Ok(None)
}
