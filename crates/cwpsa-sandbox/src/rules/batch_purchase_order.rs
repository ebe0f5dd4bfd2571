//! Marks a purchase order's lines as exported to the accounting package, or removes that mark.

use serde_json::Value;

use super::collections::PURCHASE_ORDER_LINES;
use crate::connectwise::error::ApiError;
use crate::engine::rule::{ActionRequest, SandboxRule};
use crate::engine::transaction::Transaction;

pub(super) struct BatchPurchaseOrderRule {
    /// True if the lines are marked as exported.
    pub(super) batched: bool,
}

impl SandboxRule for BatchPurchaseOrderRule {
    type CarryOver = ();

    fn run(&self, tx: &mut Transaction<'_>, request: &ActionRequest<'_>) -> Result<Option<Value>, ApiError> {
        let lines = tx.collection(PURCHASE_ORDER_LINES)?;
        for line in tx.children_of(lines, request.ids.last().copied().unwrap_or_default()) {
            tx.set(lines, line, [("batchedFlag", Value::Bool(self.batched))]);
        }
        Ok(None)
    }
}
