//! Copies a purchase order with its lines, and marks nothing in the copy as received.

use serde_json::Value;

use super::collections::{PURCHASE_ORDER_LINES, PURCHASE_ORDER_STATUSES, PURCHASE_ORDERS};
use crate::connectwise::error::ApiError;
use crate::connectwise::fields::INFO;
use crate::engine::rule::{ActionRequest, SandboxRule};
use crate::engine::transaction::Transaction;

pub(super) struct CopyPurchaseOrderRule;

impl SandboxRule for CopyPurchaseOrderRule {
    type CarryOver = ();

    fn run(&self, tx: &mut Transaction<'_>, request: &ActionRequest<'_>) -> Result<Option<Value>, ApiError> {
        let (orders, lines) = (tx.collection(PURCHASE_ORDERS)?, tx.collection(PURCHASE_ORDER_LINES)?);
        let from = request.ids.last().copied().unwrap_or_default();
        let mut order = tx.get_or_404(orders, from)?;
        let statuses = tx.collection(PURCHASE_ORDER_STATUSES)?;
        let next = tx.state.table(orders).map_or(1, |table| table.next_id()).to_string();
        if let Some(row) = tx.default_row(statuses, None) {
            let status = tx.reference(statuses, row.id, "PurchaseOrderStatusReference");
            order.insert("status".to_owned(), status);
        }
        for (field, value) in [
            ("poNumber", Value::from(next.as_str())),
            ("poDate", Value::from(tx.date())),
            ("closedFlag", Value::Bool(false)),
            ("dateClosed", Value::Null),
            ("closedBy", Value::Null),
            (INFO, Value::Null),
        ] {
            order.insert(field.to_owned(), value);
        }
        let id = tx.insert(orders, 0, order);
        for line in tx.children_of(lines, from) {
            let mut line = tx.get_or_404(lines, line)?;
            for (field, value) in [
                ("purchaseOrderId", Value::from(id)),
                ("purchaseOrderNumber", Value::from(next.as_str())),
                ("receivedQuantity", Value::from(0)),
                ("receivedStatus", Value::from("Waiting")),
                ("closedFlag", Value::Bool(false)),
                ("canceledFlag", Value::Bool(false)),
                ("canceledReason", Value::Null),
                ("dateReceived", Value::Null),
                ("serialNumbers", Value::Null),
                (INFO, Value::Null),
            ] {
                line.insert(field.to_owned(), value);
            }
            tx.insert(lines, id, line);
        }
        Ok(tx.get(orders, id).map(Value::Object))
    }
}
