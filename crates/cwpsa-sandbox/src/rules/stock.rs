//! On-hand stock: the quantity of an item in a bin, with its serial numbers. Receipts and adjustments change the
//! quantity, and it never becomes negative.

use serde_json::{Map, Value, json};

use super::collections::{CATALOG_ITEMS, SERIAL_NUMBERS, STOCK, WAREHOUSE_BINS, WAREHOUSES};
use super::record_fields::{reference_id, text_field};
use crate::connectwise::error::ApiError;
use crate::engine::store::RecordValue;
use crate::engine::transaction::Transaction;

/// Returns the serial numbers in a text.
pub(super) fn parse_serials(text: &str) -> Vec<String> {
    let all = text.split([',', ';', '\n', '\r']).map(str::trim).filter(|serial| !serial.is_empty());
    all.map(str::to_owned).collect()
}

/// Assigns a warehouse and bin to a line that has none: the order's, or else the default ones.
pub(super) fn assign_bin(
    tx: &mut Transaction<'_>,
    order: &Map<String, Value>,
    line: &mut Map<String, Value>,
) -> Result<(), ApiError> {
    let (bins, warehouses) = (tx.collection(WAREHOUSE_BINS)?, tx.collection(WAREHOUSES)?);
    let bin = reference_id(line, "warehouseBin").and_then(|id| tx.get(bins, id));
    let of_bin = bin.as_ref().and_then(|bin| reference_id(bin, "warehouse"));
    let first = || tx.default_row(warehouses, None).map(|row| row.id);
    let warehouse = reference_id(line, "warehouse")
        .or(of_bin)
        .or_else(|| reference_id(order, "warehouse"))
        .or_else(first);
    let Some(warehouse) = warehouse else { return Ok(()) };
    let reference = tx.reference(warehouses, warehouse, "WarehouseReference");
    line.insert("warehouse".to_owned(), reference);
    if bin.is_none() {
        let own = tx.find(bins, |bin| {
            bin.get("warehouse").and_then(RecordValue::as_object).and_then(|known| known.get("id"))
                == Some(&RecordValue::Integer(warehouse))
        });
        let default = |id: &&i64| {
            let bin = tx.state.record(bins, **id);
            bin.is_some_and(|bin| bin.get("defaultFlag") == Some(&RecordValue::Boolean(true)))
        };
        if let Some(bin) = own.iter().find(default).or(own.first()) {
            let reference = tx.reference(bins, *bin, "WarehouseBinReference");
            line.insert("warehouseBin".to_owned(), reference);
        }
    }
    Ok(())
}

/// Changes the stock of a record's item and bin. Only items of the class `Inventory` are stocked.
pub(super) fn move_stock(
    tx: &mut Transaction<'_>,
    record: &Map<String, Value>,
    item: &str,
    by: i64,
    serials: &[String],
) -> Result<(), ApiError> {
    let catalog = tx.collection(CATALOG_ITEMS)?;
    let (Some(item), Some(bin)) = (reference_id(record, item), reference_id(record, "warehouseBin")) else {
        return Ok(());
    };
    let Some(product) = tx.get(catalog, item) else { return Ok(()) };
    if text_field(&product, "productClass") != "Inventory" {
        return Ok(());
    }
    let stock = tx.collection(STOCK)?;
    let in_bin = tx.children_of(stock, bin);
    let known = in_bin.into_iter().find(|id| {
        tx.state.value(stock, *id).is_some_and(|row| reference_id(&row, "catalogItem") == Some(item))
    });
    let id = match known {
        Some(id) => id,
        None => {
            let row = new_stock_row(tx, item, bin)?;
            tx.insert(stock, bin, row)
        }
    };
    let mut row = tx.get_or_404(stock, id)?;
    let on_hand = row.get("onHand").and_then(Value::as_i64).unwrap_or_default() + by;
    if on_hand < 0 {
        let message = "The quantity on hand cannot be less than zero.";
        return Err(ApiError::invalid_field("OutOfRange", "adjustmentDetail", "quantityAdjusted", message));
    }
    let mut listed = row.get("serialNumbers").and_then(Value::as_array).cloned().unwrap_or_default();
    for serial in serials {
        if by > 0 {
            listed.push(add_serial(tx, &row, serial)?);
        } else {
            listed.retain(|known| known.get("serial").and_then(Value::as_str) != Some(serial));
            remove_serial(tx, serial)?;
        }
    }
    row.insert("onHand".to_owned(), Value::from(on_hand));
    row.insert("serialNumbers".to_owned(), Value::Array(listed));
    tx.update(stock, id, row);
    let bins = tx.collection(WAREHOUSE_BINS)?;
    let held = tx.get(bins, bin).and_then(|bin| bin.get("quantityOnHand")?.as_i64()).unwrap_or_default();
    tx.set(bins, bin, [("quantityOnHand", Value::from(held + by))]);
    Ok(())
}

fn new_stock_row(tx: &mut Transaction<'_>, item: i64, bin: i64) -> Result<Map<String, Value>, ApiError> {
    let (catalog, bins) = (tx.collection(CATALOG_ITEMS)?, tx.collection(WAREHOUSE_BINS)?);
    let warehouses = tx.collection(WAREHOUSES)?;
    let warehouse = tx.get(bins, bin).and_then(|bin| reference_id(&bin, "warehouse"));
    let mut row = Map::new();
    row.insert("catalogItem".to_owned(), tx.reference(catalog, item, "CatalogItemReference"));
    row.insert("onHand".to_owned(), Value::from(0));
    row.insert("serialNumbers".to_owned(), json!([]));
    if let Some(warehouse) = warehouse {
        row.insert("warehouse".to_owned(), tx.reference(warehouses, warehouse, "WarehouseReference"));
    }
    row.insert("warehouseBin".to_owned(), tx.reference(bins, bin, "WarehouseBinReference"));
    Ok(row)
}

fn add_serial(tx: &mut Transaction<'_>, row: &Map<String, Value>, serial: &str) -> Result<Value, ApiError> {
    let all = tx.collection(SERIAL_NUMBERS)?;
    let same = tx.find(all, |known| known.get("serial").and_then(RecordValue::as_text) == Some(serial));
    if !same.is_empty() {
        let message = format!("Serial number {serial} is already on hand.");
        return Err(ApiError::invalid_field("ObjectExists", "adjustmentDetail", "serialNumber", message));
    }
    let mut record = Map::new();
    record.insert("serial".to_owned(), Value::from(serial));
    for field in ["catalogItem", "warehouse", "warehouseBin"] {
        record.insert(field.to_owned(), row.get(field).cloned().unwrap_or_default());
    }
    let id = tx.insert(all, 0, record);
    Ok(json!({"id": id, "serial": serial}))
}

fn remove_serial(tx: &mut Transaction<'_>, serial: &str) -> Result<(), ApiError> {
    let all = tx.collection(SERIAL_NUMBERS)?;
    for id in tx.find(all, |known| known.get("serial").and_then(RecordValue::as_text) == Some(serial)) {
        tx.remove(all, id);
    }
    Ok(())
}

/// Changes the stock for an adjustment detail.
pub(super) fn apply_adjustment(
    tx: &mut Transaction<'_>,
    detail: &Map<String, Value>,
) -> Result<(), ApiError> {
    let mut detail = detail.clone();
    assign_bin(tx, &Map::new(), &mut detail)?;
    let by = detail.get("quantityAdjusted").and_then(Value::as_i64).unwrap_or_default();
    let serials = parse_serials(text_field(&detail, "serialNumber"));
    move_stock(tx, &detail, "catalogItem", by, &serials)
}
