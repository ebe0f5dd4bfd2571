//! A contact's communication items (phone numbers, addresses). Each item has an ID and is also a record below its
//! contact. One item of each type is the default.

use serde_json::{Map, Value};

use super::collections::{COMMUNICATION_TYPES, COMMUNICATIONS};
use super::record_fields::{flag_field, reference_id, text_field};
use crate::connectwise::error::ApiError;
use crate::connectwise::fields::{DEFAULT_FLAG, INFO};
use crate::engine::transaction::Transaction;

/// The field of a contact that contains its items.
pub(super) const ITEMS: &str = "communicationItems";
/// The field that determines the kind of an item's type.
const KIND: &str = "communicationType";
/// The fields of a communication record that items don't have.
const RECORD_FIELDS: [&str; 3] = ["contactId", "mobileGuid", INFO];
/// Flags of communication types, and the corresponding value of [`KIND`].
const KINDS: [(&str, &str); 3] = [("emailFlag", "Email"), ("faxFlag", "Fax"), ("phoneFlag", "Phone")];

/// Returns a contact's items.
pub(super) fn items(contact: &Map<String, Value>) -> Vec<Map<String, Value>> {
    let items = contact.get(ITEMS).and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_object).cloned().collect()
}

/// Completes an item: the kind of its type, and the domain of an email address.
pub(super) fn complete(tx: &mut Transaction<'_>, item: &mut Map<String, Value>) -> Result<(), ApiError> {
    let types = tx.collection(COMMUNICATION_TYPES)?;
    if let Some(kind) = reference_id(item, "type").and_then(|id| tx.get(types, id))
        && let Some((_, name)) = KINDS.iter().find(|(flag, _)| flag_field(&kind, flag))
    {
        item.insert(KIND.to_owned(), Value::from(*name));
    }
    let value = text_field(item, "value");
    match value.rfind('@').filter(|_| text_field(item, KIND) == "Email").map(|at| value[at..].to_owned()) {
        Some(domain) => item.insert("domain".to_owned(), Value::from(domain)),
        None => item.shift_remove("domain"),
    };
    if !item.contains_key(DEFAULT_FLAG) {
        item.insert(DEFAULT_FLAG.to_owned(), Value::Bool(false));
    }
    Ok(())
}

/// Leaves one default item of each kind. An item in `new` takes the flag from an older one; if there is no
/// default, the first item of a kind becomes the default.
pub(super) fn keep_one_default(items: &mut [Map<String, Value>], new: impl Fn(&Map<String, Value>) -> bool) {
    let kind = |item: &Map<String, Value>| text_field(item, KIND).to_owned();
    let kinds: Vec<String> = items.iter().map(kind).collect();
    for (at, of) in kinds.iter().enumerate() {
        if kinds[..at].contains(of) {
            continue;
        }
        let same: Vec<usize> = (0..items.len()).filter(|other| kinds[*other] == *of).collect();
        let flagged: Vec<usize> =
            same.iter().copied().filter(|item| flag_field(&items[*item], DEFAULT_FLAG)).collect();
        let newest = flagged.iter().rev().find(|item| new(&items[**item]));
        let default = newest.or(flagged.first()).or(same.first()).copied();
        for item in same {
            items[item].insert(DEFAULT_FLAG.to_owned(), Value::Bool(Some(item) == default));
        }
    }
}

/// Stores a contact's items as records below it, and removes those that no longer exist.
pub(super) fn store(
    tx: &mut Transaction<'_>,
    contact: i64,
    items: &[Map<String, Value>],
) -> Result<(), ApiError> {
    let records = tx.collection(COMMUNICATIONS)?;
    let id = |item: &Map<String, Value>| item.get("id").and_then(Value::as_i64).unwrap_or_default();
    for row in tx.children_of(records, contact) {
        if !items.iter().any(|item| id(item) == row) {
            tx.remove(records, row);
        }
    }
    for item in items {
        let mut record = item.clone();
        record.insert("contactId".to_owned(), Value::from(contact));
        tx.put_child(records, id(item), contact, record);
    }
    Ok(())
}

/// Returns the contact item that corresponds to a record below the contact.
pub(super) fn item_of(record: &Map<String, Value>) -> Map<String, Value> {
    let mut item = record.clone();
    RECORD_FIELDS.iter().for_each(|field| {
        item.shift_remove(*field);
    });
    item
}
