//! Custom fields in records. A record has all fields that are defined for its screen, and a write changes only the
//! fields that it names by ID or caption.

use serde_json::{Map, Value, json};

use super::changes::Transaction;
use crate::api::CollectionId;
use crate::connectwise::fields::{CUSTOM_FIELD_DEFINITIONS, CUSTOM_FIELDS};
use crate::engine::store::{RecordObject, RecordValue};

impl Transaction<'_> {
    /// Merges the custom fields of a write into those of the stored record.
    pub(crate) fn merge_custom_fields(
        &mut self,
        collection: CollectionId,
        before: Option<&Map<String, Value>>,
        record: &mut Map<String, Value>,
    ) {
        let Some(screen) = self.state.overrides.custom_field_screen(collection) else { return };
        let Ok(definitions) = self.collection(CUSTOM_FIELD_DEFINITIONS) else { return };
        let on_screen = |definition: &RecordObject| {
            definition.get("screenId").and_then(RecordValue::as_text) == Some(screen)
        };
        let given = record.get(CUSTOM_FIELDS).cloned().unwrap_or_default();
        let stored = before.and_then(|before| before.get(CUSTOM_FIELDS)).cloned().unwrap_or_default();
        let mut fields = Vec::new();
        for id in self.find(definitions, on_screen) {
            let Some(definition) = self.state.record(definitions, id) else { continue };
            let property = |field: &str| definition.get(field).map(RecordValue::to_json).unwrap_or_default();
            let caption = property("caption");
            let mut field = json!({
                "id": id, "caption": caption, "type": property("fieldTypeIdentifier"),
                "entryMethod": property("entryTypeIdentifier"), "numberOfDecimals": property("numberDecimals"),
            });
            let matches = |item: &&Value| match item.get("id").and_then(Value::as_i64) {
                Some(given) => given == id,
                None => item.get("caption") == Some(&caption),
            };
            // The value in the write takes precedence over the stored one.
            let value = [&given, &stored].into_iter().find_map(|list| list.as_array()?.iter().find(matches));
            if let Some(value) = value.and_then(|item| item.get("value")) {
                field["value"] = value.clone();
            }
            fields.push(field);
        }
        if fields.is_empty() {
            record.shift_remove(CUSTOM_FIELDS);
        } else {
            record.insert(CUSTOM_FIELDS.to_owned(), Value::Array(fields));
        }
    }
}
