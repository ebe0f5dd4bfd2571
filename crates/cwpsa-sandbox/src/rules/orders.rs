//! Purchase orders: an order is closed while its status is a closed one, and closes by itself when all of its
//! lines are closed. Lines are received by writing `receivedStatus` and `receivedQuantity`; what comes in goes
//! to the stock of the line's bin.
//!
//! The API documents the four words of `receivedStatus` and no more. That a cloned rest is a new line at the
//! end, and that a cancelled rest makes the line as small as what came, are inferences.

use serde_json::{Map, Value, json};

use super::{ActionCall, Change, RecordRule, Stored, flag, id_at, number, stock, text};
use crate::api::CollectionId;
use crate::problem::Problem;
use crate::write::Writing;

const ORDERS: &str = "/procurement/purchaseorders";
const LINES: &str = "/procurement/purchaseorders/{}/lineitems";
const STATUSES: &str = "/procurement/purchaseorderstatuses";
const CATALOG: &str = "/procurement/catalog";

/// What `before` tells `after`: how much came in, and how much of the line is left for a new one.
const RECEIVED: &str = "@received";
const REST: &str = "@rest";

pub(super) struct Order;

impl RecordRule for Order {
    fn before(&self, writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), Problem> {
        if change.before.is_none() && text(change.record, "poNumber").is_empty() {
            let next = writing.state.table(change.collection).map_or(1, |table| table.next_id());
            change.record.insert("poNumber".to_owned(), Value::from(next.to_string()));
        }
        let statuses = writing.collection(STATUSES)?;
        let status = id_at(change.record, "status").and_then(|id| writing.value(statuses, id));
        let closed = status.is_some_and(|status| flag(&status, "closedFlag"));
        let was_closed = change.before.is_some_and(|before| flag(before, "closedFlag"));
        change.record.insert("closedFlag".to_owned(), Value::Bool(closed));
        if closed && !was_closed {
            change.record.insert("dateClosed".to_owned(), Value::from(writing.date()));
            change.record.insert("closedBy".to_owned(), Value::from(writing.member));
        } else if !closed {
            change.record.insert("dateClosed".to_owned(), Value::Null);
            change.record.insert("closedBy".to_owned(), Value::Null);
        }
        total(change.record);
        Ok(())
    }

    fn after(&self, writing: &mut Writing<'_>, stored: &Stored<'_>) -> Result<(), Problem> {
        let order = writing.existing(stored.collection, stored.id)?;
        let mut shared: Vec<&str> = Vec::new();
        if flag(&order, "updateShipmentInfo") {
            shared.extend(["trackingNumber", "shipmentMethod", "shipDate"]);
        }
        if flag(&order, "updateVendorOrderNumber") {
            shared.push("vendorOrderNumber");
        }
        if shared.is_empty() {
            return Ok(());
        }
        let lines = writing.collection(LINES)?;
        for id in writing.under(lines, stored.id) {
            let mut line = writing.existing(lines, id)?;
            for member in &shared {
                let from = if *member == "shipDate" { "shipmentDate" } else { member };
                if let Some(value) = order.get(from) {
                    line.insert((*member).to_owned(), value.clone());
                }
            }
            writing.update(lines, id, line);
        }
        Ok(())
    }
}

fn total(order: &mut Map<String, Value>) {
    let sum = ["subTotal", "salesTax", "freightCost"].iter().map(|member| number(order, member)).sum::<f64>();
    order.insert("total".to_owned(), Value::from(sum));
}

pub(super) struct Line;

impl RecordRule for Line {
    fn before(&self, writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), Problem> {
        let orders = writing.collection(ORDERS)?;
        let order = writing.existing(orders, change.parent)?;
        let new = change.before.is_none();
        change
            .record
            .insert("purchaseOrderNumber".to_owned(), order.get("poNumber").cloned().unwrap_or_default());
        if new {
            from_catalog(writing, change.record)?;
            stock::place(writing, &order, change.record)?;
        }
        receive(writing, change)?;
        if flag(change.record, "canceledFlag")
            && !change.before.is_some_and(|before| flag(before, "canceledFlag"))
        {
            for (member, value) in [
                ("closedFlag", Value::Bool(true)),
                ("canceledBy", Value::from(writing.member)),
                ("dateCanceled", Value::from(writing.date())),
            ] {
                change.record.insert(member.to_owned(), value);
            }
        }
        let cost = number(change.record, "quantity") * number(change.record, "unitCost");
        change.record.insert("extCost".to_owned(), Value::from(cost));
        Ok(())
    }

    fn after(&self, writing: &mut Writing<'_>, stored: &Stored<'_>) -> Result<(), Problem> {
        let line = writing.existing(stored.collection, stored.id)?;
        let received = stored.only_written.get(RECEIVED).and_then(Value::as_i64).unwrap_or_default();
        if received != 0 {
            let serials = stock::serials(text(&line, "serialNumbers"));
            stock::change(writing, &line, "product", received, &serials)?;
        }
        let order = line.get("purchaseOrderId").and_then(Value::as_i64).unwrap_or_default();
        if let Some(rest) = stored.only_written.get(REST).and_then(Value::as_f64) {
            let mut clone = line.clone();
            let others = writing.under(stored.collection, order);
            let numbers = others.iter().filter_map(|id| writing.state.value(stored.collection, *id));
            let last = numbers.filter_map(|line| line.get("lineNumber")?.as_i64()).max().unwrap_or_default();
            for (member, value) in [
                ("lineNumber", json!(last + 1)),
                ("quantity", json!(rest)),
                ("receivedQuantity", json!(0)),
                ("receivedStatus", json!("Waiting")),
                ("closedFlag", json!(false)),
                ("dateReceived", Value::Null),
                ("serialNumbers", Value::Null),
                ("extCost", json!(rest * number(&line, "unitCost"))),
                ("_info", Value::Null),
            ] {
                clone.insert(member.to_owned(), value);
            }
            writing.insert(stored.collection, order, clone);
        }
        settle(writing, stored.collection, order)
    }

    fn removed(&self, writing: &mut Writing<'_>, before: &Map<String, Value>) -> Result<(), Problem> {
        let lines = writing.collection(LINES)?;
        let order = before.get("purchaseOrderId").and_then(Value::as_i64).unwrap_or_default();
        settle(writing, lines, order)
    }
}

/// What a new line takes from its product.
fn from_catalog(writing: &mut Writing<'_>, line: &mut Map<String, Value>) -> Result<(), Problem> {
    let catalog = writing.collection(CATALOG)?;
    let Some(item) = id_at(line, "product").and_then(|id| writing.value(catalog, id)) else { return Ok(()) };
    for (member, from) in [("unitCost", "cost"), ("vendorSku", "vendorSku")] {
        let given = line.get(member).is_some_and(|value| !value.is_null() && value.as_f64() != Some(0.0));
        if let (false, Some(value)) = (given, item.get(from)) {
            line.insert(member.to_owned(), value.clone());
        }
    }
    Ok(())
}

/// Reads a receipt out of the line's new state.
fn receive(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), Problem> {
    let fault =
        |code, field: &str, message: &str| Err(Problem::fault(code, "purchaseOrderLineItem", field, message));
    let line = &mut *change.record;
    let quantity = number(line, "quantity");
    let before = change.before.map_or(0.0, |before| number(before, "receivedQuantity"));
    let mut received = number(line, "receivedQuantity");
    let status = text(line, "receivedStatus").to_owned();
    let was = change.before.map_or("Waiting", |before| text(before, "receivedStatus"));
    if received > quantity || received < 0.0 {
        return fault(
            "OutOfRange",
            "receivedQuantity",
            "The receivedQuantity field must be between 0 and quantity.",
        );
    }
    let changed = status != was || (received - before).abs() > f64::EPSILON;
    if !changed || status == "Waiting" {
        return Ok(());
    }
    if status == "FullyReceived" {
        received = quantity;
    } else if received <= 0.0 {
        return fault("MissingRequiredField", "receivedQuantity", "The receivedQuantity field is required.");
    }
    let serials = stock::serials(text(line, "serialNumbers")).len();
    #[expect(clippy::cast_precision_loss, reason = "a count of texts")]
    if serials > 0 && serials as f64 != received {
        return fault(
            "InvalidField",
            "serialNumbers",
            "The number of serial numbers must equal receivedQuantity.",
        );
    }
    let rest = quantity - received;
    #[expect(clippy::cast_possible_truncation, reason = "quantities are small and whole here")]
    let whole = |number: f64| Value::from(number.round() as i64);
    line.insert("receivedQuantity".to_owned(), whole(received));
    line.insert("closedFlag".to_owned(), Value::Bool(true));
    line.insert(RECEIVED.to_owned(), whole(received - before));
    if text(line, "dateReceived").is_empty() {
        line.insert("dateReceived".to_owned(), Value::from(writing.date()));
    }
    if rest > 0.0 {
        line.insert("quantity".to_owned(), Value::from(received));
        if status == "PartiallyReceiveCloneRest" {
            line.insert(REST.to_owned(), Value::from(rest));
        } else if text(line, "canceledReason").is_empty() {
            line.insert("canceledReason".to_owned(), Value::from(format!("{rest} were not received")));
        }
    }
    Ok(())
}

/// Adds the lines up, and closes the order when all of them are closed.
fn settle(writing: &mut Writing<'_>, lines: CollectionId, id: i64) -> Result<(), Problem> {
    let orders = writing.collection(ORDERS)?;
    let Some(mut order) = writing.value(orders, id) else { return Ok(()) };
    let all: Vec<Map<String, Value>> =
        writing.under(lines, id).into_iter().filter_map(|line| writing.state.value(lines, line)).collect();
    let sum: f64 =
        all.iter().filter(|line| !flag(line, "canceledFlag")).map(|line| number(line, "extCost")).sum();
    let before = order.clone();
    order.insert("subTotal".to_owned(), Value::from(sum));
    total(&mut order);
    if !all.is_empty() && all.iter().all(|line| flag(line, "closedFlag")) && !flag(&order, "closedFlag") {
        close(writing, &mut order)?;
    }
    if order != before {
        writing.update(orders, id, order);
    }
    Ok(())
}

/// Gives an order the status that closed orders get by default.
fn close(writing: &mut Writing<'_>, order: &mut Map<String, Value>) -> Result<(), Problem> {
    let statuses = writing.collection(STATUSES)?;
    let closing = writing.matching(statuses, |status| {
        status.get("defaultClosedFlag") == Some(&crate::store::Node::Boolean(true))
    });
    let Some(id) = closing.first() else { return Ok(()) };
    let status = writing.refer(statuses, *id, "PurchaseOrderStatusReference");
    order.insert("status".to_owned(), status);
    order.insert("closedFlag".to_owned(), Value::Bool(true));
    order.insert("dateClosed".to_owned(), Value::from(writing.date()));
    order.insert("closedBy".to_owned(), Value::from(writing.member));
    Ok(())
}

/// Copies an order with its lines, as nothing had come in yet.
pub(super) fn copy(writing: &mut Writing<'_>, call: &ActionCall<'_>) -> Result<Option<Value>, Problem> {
    let (orders, lines) = (writing.collection(ORDERS)?, writing.collection(LINES)?);
    let from = call.ids.last().copied().unwrap_or_default();
    let mut order = writing.existing(orders, from)?;
    let statuses = writing.collection(STATUSES)?;
    let next = writing.state.table(orders).map_or(1, |table| table.next_id()).to_string();
    if let Some(row) = writing.default_row(statuses, None) {
        let status = writing.refer(statuses, row.id, "PurchaseOrderStatusReference");
        order.insert("status".to_owned(), status);
    }
    for (member, value) in [
        ("poNumber", Value::from(next.as_str())),
        ("poDate", Value::from(writing.date())),
        ("closedFlag", Value::Bool(false)),
        ("dateClosed", Value::Null),
        ("closedBy", Value::Null),
        ("_info", Value::Null),
    ] {
        order.insert(member.to_owned(), value);
    }
    let id = writing.insert(orders, 0, order);
    for line in writing.under(lines, from) {
        let mut line = writing.existing(lines, line)?;
        for (member, value) in [
            ("purchaseOrderId", Value::from(id)),
            ("purchaseOrderNumber", Value::from(next.as_str())),
            ("receivedQuantity", Value::from(0)),
            ("receivedStatus", Value::from("Waiting")),
            ("closedFlag", Value::Bool(false)),
            ("canceledFlag", Value::Bool(false)),
            ("canceledReason", Value::Null),
            ("dateReceived", Value::Null),
            ("serialNumbers", Value::Null),
            ("_info", Value::Null),
        ] {
            line.insert(member.to_owned(), value);
        }
        writing.insert(lines, id, line);
    }
    Ok(writing.value(orders, id).map(Value::Object))
}

/// Marks the lines of an order as exported to the accounting package.
pub(super) fn rebatch(writing: &mut Writing<'_>, call: &ActionCall<'_>) -> Result<Option<Value>, Problem> {
    batched(writing, call, true)
}

/// Takes that mark away.
pub(super) fn unbatch(writing: &mut Writing<'_>, call: &ActionCall<'_>) -> Result<Option<Value>, Problem> {
    batched(writing, call, false)
}

fn batched(
    writing: &mut Writing<'_>,
    call: &ActionCall<'_>,
    batched: bool,
) -> Result<Option<Value>, Problem> {
    let lines = writing.collection(LINES)?;
    for line in writing.under(lines, call.ids.last().copied().unwrap_or_default()) {
        writing.set(lines, line, [("batchedFlag", Value::Bool(batched))]);
    }
    Ok(None)
}
