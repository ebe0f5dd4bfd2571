//! Contact communications: writing a communication record below a contact also updates the communication items in the
//! contact.

use serde_json::{Map, Value};

use super::collections::{COMMUNICATIONS, CONTACTS};
use super::contact_communications::{ITEMS, complete, item_of, keep_one_default, store};
use crate::connectwise::error::ApiError;
use crate::engine::rule::{RecordChange, SandboxRule, WrittenRecord};
use crate::engine::transaction::Transaction;

pub(super) struct CommunicationRule;

impl SandboxRule for CommunicationRule {
    type CarryOver = ();

    fn before_write(&self, tx: &mut Transaction<'_>, change: &mut RecordChange<'_>) -> Result<(), ApiError> {
        complete(tx, change.record)
    }

    fn after_write(
        &self,
        tx: &mut Transaction<'_>,
        written: &WrittenRecord<'_>,
        (): (),
    ) -> Result<(), ApiError> {
        let contact = tx.state.row(written.collection, written.id).map(|row| row.parent).unwrap_or_default();
        update_contact(tx, contact, Some(written.id))
    }

    fn after_delete(&self, tx: &mut Transaction<'_>, deleted: &Map<String, Value>) -> Result<(), ApiError> {
        let contact = deleted.get("contactId").and_then(Value::as_i64).unwrap_or_default();
        update_contact(tx, contact, None)
    }
}

/// Writes the records below a contact into the contact. `changed` is the record written last.
fn update_contact(tx: &mut Transaction<'_>, contact: i64, changed: Option<i64>) -> Result<(), ApiError> {
    let (records, contacts) = (tx.collection(COMMUNICATIONS)?, tx.collection(CONTACTS)?);
    let ids = tx.children_of(records, contact);
    let mut items: Vec<Map<String, Value>> =
        ids.into_iter().filter_map(|id| tx.get(records, id)).map(|record| item_of(&record)).collect();
    keep_one_default(&mut items, |item| item.get("id").and_then(Value::as_i64) == changed);
    store(tx, contact, &items)?;
    tx.set(contacts, contact, [(ITEMS, items.into_iter().map(Value::Object).collect())]);
    Ok(())
}
