//! Returns an item's on-hand quantity across all bins.

use serde_json::{Value, json};

use super::collections::STOCK;
use crate::connectwise::error::ApiError;
use crate::engine::rule::{ActionRequest, SandboxRule};
use crate::engine::store::RecordValue;
use crate::engine::transaction::Transaction;

pub(super) struct QuantityOnHandRule;

impl SandboxRule for QuantityOnHandRule {
    type CarryOver = ();

    fn run(&self, tx: &mut Transaction<'_>, request: &ActionRequest<'_>) -> Result<Option<Value>, ApiError> {
        let stock = tx.collection(STOCK)?;
        let item = request.ids.last().copied().unwrap_or_default();
        let rows = tx.state.table(stock).map(|table| table.rows()).unwrap_or_default();
        let of_item = rows.iter().filter(|row| {
            let known = row.record.get("catalogItem").and_then(RecordValue::as_object);
            known.and_then(|known| known.get("id")).and_then(RecordValue::as_integer) == Some(item)
        });
        let count: i64 = of_item.filter_map(|row| row.record.get("onHand")?.as_integer()).sum();
        Ok(Some(json!({"count": count})))
    }
}
