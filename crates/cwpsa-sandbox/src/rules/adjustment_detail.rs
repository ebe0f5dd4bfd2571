//! Adjustment details: adding a detail to an existing inventory adjustment also changes the stock.

use super::stock::apply_adjustment;
use crate::connectwise::error::ApiError;
use crate::engine::rule::{SandboxRule, WrittenRecord};
use crate::engine::transaction::Transaction;

pub(super) struct AdjustmentDetailRule;

impl SandboxRule for AdjustmentDetailRule {
    type CarryOver = ();

    fn after_write(
        &self,
        tx: &mut Transaction<'_>,
        written: &WrittenRecord<'_>,
        (): (),
    ) -> Result<(), ApiError> {
        if written.before.is_some() {
            return Ok(());
        }
        let detail = tx.get_or_404(written.collection, written.id)?;
        apply_adjustment(tx, &detail)
    }
}
