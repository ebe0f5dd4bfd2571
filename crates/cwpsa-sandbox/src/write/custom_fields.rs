//! Custom fields: each record shows all fields that are defined for its screen, and a write changes those that
//! it names, by id or caption, and no other.

use serde_json::{Map, Value, json};

use super::Writing;
use crate::api::CollectionId;
use crate::rules::rules;
use crate::store::{Node, Object};

const MEMBER: &str = "customFields";

impl Writing<'_> {
    /// Merges the custom fields of a write into those of the stored record.
    pub(crate) fn custom_fields(
        &mut self,
        collection: CollectionId,
        before: Option<&Map<String, Value>>,
        record: &mut Map<String, Value>,
    ) {
        let Some(screen) = rules().screen(collection) else { return };
        let Ok(definitions) = self.collection("/system/userDefinedFields") else { return };
        let ours = |definition: &Object| definition.get("screenId").and_then(Node::as_text) == Some(screen);
        let given = record.get(MEMBER).cloned().unwrap_or_default();
        let stored = before.and_then(|before| before.get(MEMBER)).cloned().unwrap_or_default();
        let mut fields = Vec::new();
        for id in self.matching(definitions, ours) {
            let Some(definition) = self.state.record(definitions, id) else { continue };
            let text = |member: &str| definition.get(member).map(Node::value).unwrap_or_default();
            let caption = text("caption");
            let mut field = json!({
                "id": id, "caption": caption, "type": text("fieldTypeIdentifier"),
                "entryMethod": text("entryTypeIdentifier"), "numberOfDecimals": text("numberDecimals"),
            });
            let is_ours = |item: &&Value| match item.get("id").and_then(Value::as_i64) {
                Some(given) => given == id,
                None => item.get("caption") == Some(&caption),
            };
            // The first that names the field: the write, else what is stored.
            let value = [&given, &stored].into_iter().find_map(|list| list.as_array()?.iter().find(is_ours));
            if let Some(value) = value.and_then(|item| item.get("value")) {
                field["value"] = value.clone();
            }
            fields.push(field);
        }
        if fields.is_empty() {
            record.shift_remove(MEMBER);
        } else {
            record.insert(MEMBER.to_owned(), Value::Array(fields));
        }
    }
}
