//! Inventory adjustments: creating one changes the stock of the items in its details.

use serde_json::Value;

use super::record_fields::flag_field;
use super::stock::apply_adjustment;
use crate::connectwise::error::ApiError;
use crate::engine::rule::{RecordChange, SandboxRule, WrittenRecord};
use crate::engine::transaction::Transaction;

pub(super) struct AdjustmentRule;

impl SandboxRule for AdjustmentRule {
    type CarryOver = ();

    fn before_write(&self, tx: &mut Transaction<'_>, change: &mut RecordChange<'_>) -> Result<(), ApiError> {
        let closed = change.record.get("closedFlag") == Some(&Value::Bool(true));
        if closed && !change.before.is_some_and(|before| flag_field(before, "closedFlag")) {
            change.record.insert("closedDate".to_owned(), Value::from(tx.date()));
            change.record.insert("closedBy".to_owned(), Value::from(tx.member));
        }
        let details = change.record.get_mut("adjustmentDetails").and_then(Value::as_array_mut);
        for (detail, id) in details.into_iter().flatten().zip(1..) {
            if let Some(detail) = detail.as_object_mut() {
                detail.entry("id").or_insert(Value::from(id));
            }
        }
        Ok(())
    }

    fn after_write(
        &self,
        tx: &mut Transaction<'_>,
        written: &WrittenRecord<'_>,
        (): (),
    ) -> Result<(), ApiError> {
        if written.before.is_some() {
            return Ok(());
        }
        let record = tx.get_or_404(written.collection, written.id)?;
        let details = record.get("adjustmentDetails").and_then(Value::as_array).cloned().unwrap_or_default();
        let applied =
            details.iter().filter_map(Value::as_object).try_for_each(|detail| apply_adjustment(tx, detail));
        applied.map_err(|mut error| {
            error.errors.iter_mut().for_each(|field| field.field.insert_str(0, "adjustmentDetails/"));
            error
        })
    }
}
