//! Purchase orders: an order is closed while it has a closed status.

use serde_json::Value;

use super::collections::{PURCHASE_ORDER_LINES, PURCHASE_ORDER_STATUSES};
use super::order_totals::update_total;
use super::record_fields::{flag_field, reference_id, text_field};
use crate::connectwise::error::ApiError;
use crate::engine::rule::{RecordChange, SandboxRule, WrittenRecord};
use crate::engine::transaction::Transaction;

pub(super) struct PurchaseOrderRule;

impl SandboxRule for PurchaseOrderRule {
    type CarryOver = ();

    fn before_write(&self, tx: &mut Transaction<'_>, change: &mut RecordChange<'_>) -> Result<(), ApiError> {
        if change.before.is_none() && text_field(change.record, "poNumber").is_empty() {
            let next = tx.state.table(change.collection).map_or(1, |table| table.next_id());
            change.record.insert("poNumber".to_owned(), Value::from(next.to_string()));
        }
        let statuses = tx.collection(PURCHASE_ORDER_STATUSES)?;
        let status = reference_id(change.record, "status").and_then(|id| tx.get(statuses, id));
        let closed = status.is_some_and(|status| flag_field(&status, "closedFlag"));
        let was_closed = change.before.is_some_and(|before| flag_field(before, "closedFlag"));
        change.record.insert("closedFlag".to_owned(), Value::Bool(closed));
        if closed && !was_closed {
            change.record.insert("dateClosed".to_owned(), Value::from(tx.date()));
            change.record.insert("closedBy".to_owned(), Value::from(tx.member));
        } else if !closed {
            change.record.insert("dateClosed".to_owned(), Value::Null);
            change.record.insert("closedBy".to_owned(), Value::Null);
        }
        update_total(change.record);
        Ok(())
    }

    fn after_write(
        &self,
        tx: &mut Transaction<'_>,
        written: &WrittenRecord<'_>,
        (): (),
    ) -> Result<(), ApiError> {
        let order = tx.get_or_404(written.collection, written.id)?;
        let mut shared: Vec<&str> = Vec::new();
        if flag_field(&order, "updateShipmentInfo") {
            shared.extend(["trackingNumber", "shipmentMethod", "shipDate"]);
        }
        if flag_field(&order, "updateVendorOrderNumber") {
            shared.push("vendorOrderNumber");
        }
        if shared.is_empty() {
            return Ok(());
        }
        let lines = tx.collection(PURCHASE_ORDER_LINES)?;
        for id in tx.children_of(lines, written.id) {
            let mut line = tx.get_or_404(lines, id)?;
            for field in &shared {
                let from = if *field == "shipDate" { "shipmentDate" } else { field };
                if let Some(value) = order.get(from) {
                    line.insert((*field).to_owned(), value.clone());
                }
            }
            tx.update(lines, id, line);
        }
        Ok(())
    }
}
