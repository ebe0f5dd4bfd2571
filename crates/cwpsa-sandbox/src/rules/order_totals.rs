//! Calculates purchase order totals, and closes an order once all of its lines are closed.

use serde_json::{Map, Value};

use super::collections::{PURCHASE_ORDER_STATUSES, PURCHASE_ORDERS};
use super::record_fields::{flag_field, number_field};
use crate::api::CollectionId;
use crate::connectwise::error::ApiError;
use crate::engine::store::RecordValue;
use crate::engine::transaction::Transaction;

/// Recomputes an order's total.
pub(super) fn update_total(order: &mut Map<String, Value>) {
    let sum =
        ["subTotal", "salesTax", "freightCost"].iter().map(|field| number_field(order, field)).sum::<f64>();
    order.insert("total".to_owned(), Value::from(sum));
}

/// Adds up an order's lines, and closes it if all of them are closed.
pub(super) fn settle_order(tx: &mut Transaction<'_>, lines: CollectionId, id: i64) -> Result<(), ApiError> {
    let orders = tx.collection(PURCHASE_ORDERS)?;
    let Some(mut order) = tx.get(orders, id) else { return Ok(()) };
    let all: Vec<Map<String, Value>> =
        tx.children_of(lines, id).into_iter().filter_map(|line| tx.state.value(lines, line)).collect();
    let sum: f64 = all
        .iter()
        .filter(|line| !flag_field(line, "canceledFlag"))
        .map(|line| number_field(line, "extCost"))
        .sum();
    let before = order.clone();
    order.insert("subTotal".to_owned(), Value::from(sum));
    update_total(&mut order);
    if !all.is_empty()
        && all.iter().all(|line| flag_field(line, "closedFlag"))
        && !flag_field(&order, "closedFlag")
    {
        close(tx, &mut order)?;
    }
    if order != before {
        tx.update(orders, id, order);
    }
    Ok(())
}

/// Sets an order's status to the default closed status.
fn close(tx: &mut Transaction<'_>, order: &mut Map<String, Value>) -> Result<(), ApiError> {
    let statuses = tx.collection(PURCHASE_ORDER_STATUSES)?;
    let closing =
        tx.find(statuses, |status| status.get("defaultClosedFlag") == Some(&RecordValue::Boolean(true)));
    let Some(id) = closing.first() else { return Ok(()) };
    let status = tx.reference(statuses, *id, "PurchaseOrderStatusReference");
    order.insert("status".to_owned(), status);
    order.insert("closedFlag".to_owned(), Value::Bool(true));
    order.insert("dateClosed".to_owned(), Value::from(tx.date()));
    order.insert("closedBy".to_owned(), Value::from(tx.member));
    Ok(())
}
