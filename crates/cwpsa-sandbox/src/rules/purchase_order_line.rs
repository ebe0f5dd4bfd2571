//! Purchase order lines: a line is received by writing `receivedStatus` and `receivedQuantity`, which adds the received
//! goods to the stock of the line's bin.
//!
//! The API documents only the four values of `receivedStatus`. Two details are inferred: a remainder that is cloned
//! becomes a new line at the end of the order, and a remainder that is canceled reduces the line's quantity to the
//! received quantity.

use serde_json::{Map, Value, json};

use super::collections::{CATALOG_ITEMS, PURCHASE_ORDER_LINES, PURCHASE_ORDERS};
use super::order_totals::settle_order;
use super::record_fields::{flag_field, number_field, reference_id, text_field};
use super::stock;
use crate::connectwise::error::ApiError;
use crate::connectwise::fields::INFO;
use crate::engine::rule::{RecordChange, SandboxRule, WrittenRecord};
use crate::engine::transaction::Transaction;

pub(super) struct PurchaseOrderLineRule;

/// The quantities of a line that a write receives.
#[derive(Default)]
pub(super) struct Receipt {
    /// The quantity added to stock.
    quantity: i64,
    /// The quantity left for a new line.
    remainder: Option<f64>,
}

impl SandboxRule for PurchaseOrderLineRule {
    type CarryOver = Receipt;

    fn before_write(
        &self,
        tx: &mut Transaction<'_>,
        change: &mut RecordChange<'_>,
    ) -> Result<Receipt, ApiError> {
        let orders = tx.collection(PURCHASE_ORDERS)?;
        let order = tx.get_or_404(orders, change.parent)?;
        let new = change.before.is_none();
        change
            .record
            .insert("purchaseOrderNumber".to_owned(), order.get("poNumber").cloned().unwrap_or_default());
        if new {
            fill_from_catalog(tx, change.record)?;
            stock::assign_bin(tx, &order, change.record)?;
        }
        let receipt = receive(tx, change)?;
        if flag_field(change.record, "canceledFlag")
            && !change.before.is_some_and(|before| flag_field(before, "canceledFlag"))
        {
            for (field, value) in [
                ("closedFlag", Value::Bool(true)),
                ("canceledBy", Value::from(tx.member)),
                ("dateCanceled", Value::from(tx.date())),
            ] {
                change.record.insert(field.to_owned(), value);
            }
        }
        let cost = number_field(change.record, "quantity") * number_field(change.record, "unitCost");
        change.record.insert("extCost".to_owned(), Value::from(cost));
        Ok(receipt)
    }

    fn after_write(
        &self,
        tx: &mut Transaction<'_>,
        written: &WrittenRecord<'_>,
        receipt: Receipt,
    ) -> Result<(), ApiError> {
        let line = tx.get_or_404(written.collection, written.id)?;
        if receipt.quantity != 0 {
            let serials = stock::parse_serials(text_field(&line, "serialNumbers"));
            stock::move_stock(tx, &line, "product", receipt.quantity, &serials)?;
        }
        let order = line.get("purchaseOrderId").and_then(Value::as_i64).unwrap_or_default();
        if let Some(remainder) = receipt.remainder {
            let mut clone = line.clone();
            let others = tx.children_of(written.collection, order);
            let numbers = others.iter().filter_map(|id| tx.state.value(written.collection, *id));
            let last = numbers.filter_map(|line| line.get("lineNumber")?.as_i64()).max().unwrap_or_default();
            for (field, value) in [
                ("lineNumber", json!(last + 1)),
                ("quantity", json!(remainder)),
                ("receivedQuantity", json!(0)),
                ("receivedStatus", json!("Waiting")),
                ("closedFlag", json!(false)),
                ("dateReceived", Value::Null),
                ("serialNumbers", Value::Null),
                ("extCost", json!(remainder * number_field(&line, "unitCost"))),
                (INFO, Value::Null),
            ] {
                clone.insert(field.to_owned(), value);
            }
            tx.insert(written.collection, order, clone);
        }
        settle_order(tx, written.collection, order)
    }

    fn after_delete(&self, tx: &mut Transaction<'_>, deleted: &Map<String, Value>) -> Result<(), ApiError> {
        let lines = tx.collection(PURCHASE_ORDER_LINES)?;
        let order = deleted.get("purchaseOrderId").and_then(Value::as_i64).unwrap_or_default();
        settle_order(tx, lines, order)
    }
}

/// Fills in the fields that a new line takes from its catalog item.
fn fill_from_catalog(tx: &mut Transaction<'_>, line: &mut Map<String, Value>) -> Result<(), ApiError> {
    let catalog = tx.collection(CATALOG_ITEMS)?;
    let Some(item) = reference_id(line, "product").and_then(|id| tx.get(catalog, id)) else { return Ok(()) };
    for (field, from) in [("unitCost", "cost"), ("vendorSku", "vendorSku")] {
        let given = line.get(field).is_some_and(|value| !value.is_null() && value.as_f64() != Some(0.0));
        if let (false, Some(value)) = (given, item.get(from)) {
            line.insert(field.to_owned(), value.clone());
        }
    }
    Ok(())
}

/// Determines what a write receives, and completes the line accordingly.
fn receive(tx: &mut Transaction<'_>, change: &mut RecordChange<'_>) -> Result<Receipt, ApiError> {
    let invalid = |code, field: &str, message: &str| {
        Err(ApiError::invalid_field(code, "purchaseOrderLineItem", field, message))
    };
    let line = &mut *change.record;
    let quantity = number_field(line, "quantity");
    let before = change.before.map_or(0.0, |before| number_field(before, "receivedQuantity"));
    let mut received = number_field(line, "receivedQuantity");
    let status = text_field(line, "receivedStatus").to_owned();
    let was = change.before.map_or("Waiting", |before| text_field(before, "receivedStatus"));
    if received > quantity || received < 0.0 {
        return invalid(
            "OutOfRange",
            "receivedQuantity",
            "The receivedQuantity field must be between 0 and quantity.",
        );
    }
    let changed = status != was || (received - before).abs() > f64::EPSILON;
    if !changed || status == "Waiting" {
        return Ok(Receipt::default());
    }
    if status == "FullyReceived" {
        received = quantity;
    } else if received <= 0.0 {
        return invalid(
            "MissingRequiredField",
            "receivedQuantity",
            "The receivedQuantity field is required.",
        );
    }
    let serials = stock::parse_serials(text_field(line, "serialNumbers")).len();
    #[expect(clippy::cast_precision_loss, reason = "a count of texts")]
    if serials > 0 && serials as f64 != received {
        return invalid(
            "InvalidField",
            "serialNumbers",
            "The number of serial numbers must equal receivedQuantity.",
        );
    }
    let remainder = quantity - received;
    #[expect(clippy::cast_possible_truncation, reason = "quantities are small and whole here")]
    let whole = |number: f64| number.round() as i64;
    line.insert("receivedQuantity".to_owned(), Value::from(whole(received)));
    line.insert("closedFlag".to_owned(), Value::Bool(true));
    let mut receipt = Receipt { quantity: whole(received - before), remainder: None };
    if text_field(line, "dateReceived").is_empty() {
        line.insert("dateReceived".to_owned(), Value::from(tx.date()));
    }
    if remainder > 0.0 {
        line.insert("quantity".to_owned(), Value::from(received));
        if status == "PartiallyReceiveCloneRest" {
            receipt.remainder = Some(remainder);
        } else if text_field(line, "canceledReason").is_empty() {
            line.insert("canceledReason".to_owned(), Value::from(format!("{remainder} were not received")));
        }
    }
    Ok(receipt)
}
