//! Callbacks: a callback must have a URL that can be called and a level that its type supports, and duplicate callbacks
//! aren't allowed.

use serde_json::{Map, Value};

use super::record_fields::text_field;
use crate::connectwise::callback_types;
use crate::connectwise::error::{ApiError, InvalidField};
use crate::engine::rule::{RecordChange, SandboxRule};
use crate::engine::store::RecordValue;
use crate::engine::transaction::Transaction;

const RESOURCE: &str = "callbackEntry";
const UNKNOWN_LEVEL: &str =
    "Unrecognized level for type, see documentation for supported levels for each type";

pub(super) struct CallbackRule;

impl SandboxRule for CallbackRule {
    type CarryOver = ();

    fn validate(&self, record: &Map<String, Value>, invalid_fields: &mut Vec<InvalidField>) {
        let url = text_field(record, "url");
        if !url.is_empty() && !url.starts_with("http://") && !url.starts_with("https://") {
            invalid_fields.push(InvalidField::new("InvalidField", RESOURCE, "url", "Invalid URL"));
        }
        let (kind, level) = (text_field(record, "type"), text_field(record, "level"));
        if !level.is_empty() && callback_types::has_level(kind, level) == Some(false) {
            invalid_fields.push(InvalidField::new("InvalidField", RESOURCE, "level", UNKNOWN_LEVEL));
        }
    }

    fn before_write(&self, tx: &mut Transaction<'_>, change: &mut RecordChange<'_>) -> Result<(), ApiError> {
        // Observed: the API sets the object of all callbacks with the level `owner` to 1.
        if text_field(change.record, "level").eq_ignore_ascii_case("owner") {
            change.record.insert("objectId".to_owned(), Value::from(1));
        }
        let copy = |name: &str| text_field(change.record, name).to_owned();
        let (url, level, kind) = (copy("url"), copy("level"), copy("type"));
        let object = change.record.get("objectId").and_then(Value::as_i64).unwrap_or_default();
        let own = change.record.get("id").and_then(Value::as_i64).filter(|_| change.before.is_some());
        let same = tx.find(change.collection, |other| {
            let equals = |name: &str, value: &str| {
                other
                    .get(name)
                    .and_then(RecordValue::as_text)
                    .is_some_and(|text| text.eq_ignore_ascii_case(value))
            };
            equals("url", &url)
                && equals("level", &level)
                && equals("type", &kind)
                && other.get("objectId") == Some(&RecordValue::Integer(object))
        });
        if same.iter().any(|id| Some(*id) != own) {
            let message = "A matching callback entry already exists";
            return Err(ApiError::invalid_field("ObjectExists", RESOURCE, "objectId", message));
        }
        Ok(())
    }
}
