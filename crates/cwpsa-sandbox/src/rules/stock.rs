//! Stock on hand: how much of an item lies in a bin, and which serial numbers. It moves with receipts and
//! adjustments, and never below zero.

use serde_json::{Map, Value, json};

use super::{ActionCall, Change, RecordRule, Stored, id_at, text};
use crate::problem::Problem;
use crate::store::Node;
use crate::write::Writing;

const STOCK: &str = "/procurement/warehouseBins/{}/inventoryOnHand";
const SERIALS: &str = "/procurement/onhandserialnumbers";
const BINS: &str = "/procurement/warehouseBins";
const WAREHOUSES: &str = "/procurement/warehouses";
const CATALOG: &str = "/procurement/catalog";

/// The serial numbers in a text.
pub(super) fn serials(text: &str) -> Vec<String> {
    let all = text.split([',', ';', '\n', '\r']).map(str::trim).filter(|serial| !serial.is_empty());
    all.map(str::to_owned).collect()
}

/// Gives a line its warehouse and bin, where it has none: those of the order, else the default ones.
pub(super) fn place(
    writing: &mut Writing<'_>,
    order: &Map<String, Value>,
    line: &mut Map<String, Value>,
) -> Result<(), Problem> {
    let (bins, warehouses) = (writing.collection(BINS)?, writing.collection(WAREHOUSES)?);
    let bin = id_at(line, "warehouseBin").and_then(|id| writing.value(bins, id));
    let of_bin = bin.as_ref().and_then(|bin| id_at(bin, "warehouse"));
    let first = || writing.default_row(warehouses, None).map(|row| row.id);
    let warehouse = id_at(line, "warehouse").or(of_bin).or_else(|| id_at(order, "warehouse")).or_else(first);
    let Some(warehouse) = warehouse else { return Ok(()) };
    let reference = writing.refer(warehouses, warehouse, "WarehouseReference");
    line.insert("warehouse".to_owned(), reference);
    if bin.is_none() {
        let own = writing.matching(bins, |bin| {
            bin.get("warehouse").and_then(Node::as_object).and_then(|known| known.get("id"))
                == Some(&Node::Integer(warehouse))
        });
        let default = |id: &&i64| {
            let bin = writing.state.record(bins, **id);
            bin.is_some_and(|bin| bin.get("defaultFlag") == Some(&Node::Boolean(true)))
        };
        if let Some(bin) = own.iter().find(default).or(own.first()) {
            let reference = writing.refer(bins, *bin, "WarehouseBinReference");
            line.insert("warehouseBin".to_owned(), reference);
        }
    }
    Ok(())
}

/// Moves stock of the item and bin that a record names. Only items of the class `Inventory` are counted.
pub(super) fn change(
    writing: &mut Writing<'_>,
    record: &Map<String, Value>,
    item: &str,
    by: i64,
    serials: &[String],
) -> Result<(), Problem> {
    let catalog = writing.collection(CATALOG)?;
    let (Some(item), Some(bin)) = (id_at(record, item), id_at(record, "warehouseBin")) else { return Ok(()) };
    let Some(product) = writing.value(catalog, item) else { return Ok(()) };
    if text(&product, "productClass") != "Inventory" {
        return Ok(());
    }
    let stock = writing.collection(STOCK)?;
    let in_bin = writing.under(stock, bin);
    let known = in_bin.into_iter().find(|id| {
        writing.state.value(stock, *id).is_some_and(|row| id_at(&row, "catalogItem") == Some(item))
    });
    let id = match known {
        Some(id) => id,
        None => {
            let row = row(writing, item, bin)?;
            writing.insert(stock, bin, row)
        }
    };
    let mut row = writing.existing(stock, id)?;
    let on_hand = row.get("onHand").and_then(Value::as_i64).unwrap_or_default() + by;
    if on_hand < 0 {
        let message = "The quantity on hand cannot be less than zero.";
        return Err(Problem::fault("OutOfRange", "adjustmentDetail", "quantityAdjusted", message));
    }
    let mut listed = row.get("serialNumbers").and_then(Value::as_array).cloned().unwrap_or_default();
    for serial in serials {
        if by > 0 {
            listed.push(add_serial(writing, &row, serial)?);
        } else {
            listed.retain(|known| known.get("serial").and_then(Value::as_str) != Some(serial));
            drop_serial(writing, serial)?;
        }
    }
    row.insert("onHand".to_owned(), Value::from(on_hand));
    row.insert("serialNumbers".to_owned(), Value::Array(listed));
    writing.update(stock, id, row);
    let bins = writing.collection(BINS)?;
    let held =
        writing.value(bins, bin).and_then(|bin| bin.get("quantityOnHand")?.as_i64()).unwrap_or_default();
    writing.set(bins, bin, [("quantityOnHand", Value::from(held + by))]);
    Ok(())
}

fn row(writing: &mut Writing<'_>, item: i64, bin: i64) -> Result<Map<String, Value>, Problem> {
    let (catalog, bins) = (writing.collection(CATALOG)?, writing.collection(BINS)?);
    let warehouses = writing.collection(WAREHOUSES)?;
    let warehouse = writing.value(bins, bin).and_then(|bin| id_at(&bin, "warehouse"));
    let mut row = Map::new();
    row.insert("catalogItem".to_owned(), writing.refer(catalog, item, "CatalogItemReference"));
    row.insert("onHand".to_owned(), Value::from(0));
    row.insert("serialNumbers".to_owned(), json!([]));
    if let Some(warehouse) = warehouse {
        row.insert("warehouse".to_owned(), writing.refer(warehouses, warehouse, "WarehouseReference"));
    }
    row.insert("warehouseBin".to_owned(), writing.refer(bins, bin, "WarehouseBinReference"));
    Ok(row)
}

fn add_serial(writing: &mut Writing<'_>, row: &Map<String, Value>, serial: &str) -> Result<Value, Problem> {
    let all = writing.collection(SERIALS)?;
    let same = writing.matching(all, |known| known.get("serial").and_then(Node::as_text) == Some(serial));
    if !same.is_empty() {
        let message = format!("Serial number {serial} is already on hand.");
        return Err(Problem::fault("ObjectExists", "adjustmentDetail", "serialNumber", message));
    }
    let mut record = Map::new();
    record.insert("serial".to_owned(), Value::from(serial));
    for member in ["catalogItem", "warehouse", "warehouseBin"] {
        record.insert(member.to_owned(), row.get(member).cloned().unwrap_or_default());
    }
    let id = writing.insert(all, 0, record);
    Ok(json!({"id": id, "serial": serial}))
}

fn drop_serial(writing: &mut Writing<'_>, serial: &str) -> Result<(), Problem> {
    let all = writing.collection(SERIALS)?;
    for id in writing.matching(all, |known| known.get("serial").and_then(Node::as_text) == Some(serial)) {
        writing.remove(all, id);
    }
    Ok(())
}

/// An adjustment moves stock when it is made.
pub(super) struct Adjustment;

impl RecordRule for Adjustment {
    fn before(&self, writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), Problem> {
        let closed = change.record.get("closedFlag") == Some(&Value::Bool(true));
        if closed && !change.before.is_some_and(|before| super::flag(before, "closedFlag")) {
            change.record.insert("closedDate".to_owned(), Value::from(writing.date()));
            change.record.insert("closedBy".to_owned(), Value::from(writing.member));
        }
        let details = change.record.get_mut("adjustmentDetails").and_then(Value::as_array_mut);
        for (detail, id) in details.into_iter().flatten().zip(1..) {
            if let Some(detail) = detail.as_object_mut() {
                detail.entry("id").or_insert(Value::from(id));
            }
        }
        Ok(())
    }

    fn after(&self, writing: &mut Writing<'_>, stored: &Stored<'_>) -> Result<(), Problem> {
        if stored.before.is_some() {
            return Ok(());
        }
        let record = writing.existing(stored.collection, stored.id)?;
        let details = record.get("adjustmentDetails").and_then(Value::as_array).cloned().unwrap_or_default();
        let done = details.iter().filter_map(Value::as_object).try_for_each(|detail| adjust(writing, detail));
        done.map_err(|mut problem| {
            problem.errors.iter_mut().for_each(|fault| fault.field.insert_str(0, "adjustmentDetails/"));
            problem
        })
    }
}

/// A detail that is added to an adjustment moves stock too.
pub(super) struct Detail;

impl RecordRule for Detail {
    fn after(&self, writing: &mut Writing<'_>, stored: &Stored<'_>) -> Result<(), Problem> {
        if stored.before.is_some() {
            return Ok(());
        }
        let detail = writing.existing(stored.collection, stored.id)?;
        adjust(writing, &detail)
    }
}

fn adjust(writing: &mut Writing<'_>, detail: &Map<String, Value>) -> Result<(), Problem> {
    let mut detail = detail.clone();
    place(writing, &Map::new(), &mut detail)?;
    let by = detail.get("quantityAdjusted").and_then(Value::as_i64).unwrap_or_default();
    let serials = serials(text(&detail, "serialNumber"));
    change(writing, &detail, "catalogItem", by, &serials)
}

/// How much of an item lies in all bins.
pub(super) fn quantity(writing: &mut Writing<'_>, call: &ActionCall<'_>) -> Result<Option<Value>, Problem> {
    let stock = writing.collection(STOCK)?;
    let item = call.ids.last().copied().unwrap_or_default();
    let rows = writing.state.table(stock).map(|table| table.rows()).unwrap_or_default();
    let of_item = rows.iter().filter(|row| {
        let known = row.record.get("catalogItem").and_then(Node::as_object);
        known.and_then(|known| known.get("id")).and_then(Node::as_integer) == Some(item)
    });
    let count: i64 = of_item.filter_map(|row| row.record.get("onHand")?.as_integer()).sum();
    Ok(Some(json!({"count": count})))
}
