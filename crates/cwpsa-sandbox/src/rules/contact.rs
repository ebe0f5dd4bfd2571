//! Contacts: the communication items in a contact are also records in a collection below the contact.

use serde_json::{Map, Value};

use super::collections::COMMUNICATIONS;
use super::contact_communications::{ITEMS, complete, items, keep_one_default, store};
use crate::connectwise::error::ApiError;
use crate::engine::rule::{RecordChange, SandboxRule, WrittenRecord};
use crate::engine::transaction::Transaction;

pub(super) struct ContactRule;

impl SandboxRule for ContactRule {
    type CarryOver = ();

    fn before_write(&self, tx: &mut Transaction<'_>, change: &mut RecordChange<'_>) -> Result<(), ApiError> {
        let mut items = items(change.record);
        if items.is_empty() {
            return Ok(());
        }
        let known: Vec<Value> = change.before.map(self::known_ids).unwrap_or_default();
        let records = tx.collection(COMMUNICATIONS)?;
        let mut next = tx.state.table(records).map_or(1, |table| table.next_id());
        let is_known = |item: &Map<String, Value>| item.get("id").is_some_and(|id| known.contains(id));
        let mut new = Vec::new();
        for item in &mut items {
            complete(tx, item)?;
            if !is_known(item) {
                item.shift_insert(0, "id".to_owned(), Value::from(next));
                new.push(Value::from(next));
                next += 1;
            }
        }
        keep_one_default(&mut items, |item| item.get("id").is_some_and(|id| new.contains(id)));
        change.record.insert(ITEMS.to_owned(), items.into_iter().map(Value::Object).collect());
        Ok(())
    }

    fn after_write(
        &self,
        tx: &mut Transaction<'_>,
        written: &WrittenRecord<'_>,
        (): (),
    ) -> Result<(), ApiError> {
        let contact = tx.get_or_404(written.collection, written.id)?;
        store(tx, written.id, &items(&contact))
    }
}

fn known_ids(contact: &Map<String, Value>) -> Vec<Value> {
    items(contact).iter().filter_map(|item| item.get("id").cloned()).collect()
}
