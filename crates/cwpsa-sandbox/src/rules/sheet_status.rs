//! Submits, approves, rejects and reopens time sheets and expense reports together with their entries.

use serde_json::Value;

use super::collections::{EXPENSE_ENTRIES, TIME_ENTRIES, TIME_SHEETS};
use crate::api::api;
use crate::connectwise::bodies::success;
use crate::connectwise::error::ApiError;
use crate::engine::rule::{ActionRequest, SandboxRule};
use crate::engine::store::RecordValue;
use crate::engine::transaction::Transaction;

pub(super) struct SheetStatusRule {
    /// The new status of the sheet and its entries.
    pub(super) status: &'static str,
}

impl SandboxRule for SheetStatusRule {
    type CarryOver = ();

    fn run(&self, tx: &mut Transaction<'_>, request: &ActionRequest<'_>) -> Result<Option<Value>, ApiError> {
        let Some(sheets) = request.operation.parameters().last().copied().flatten() else { return Ok(None) };
        let id = request.ids.last().copied().unwrap_or_default();
        tx.get_or_404(sheets, id)?;
        tx.set(sheets, id, [("status", Value::from(self.status))]);
        let (template, field) = match api().collection(sheets).template {
            TIME_SHEETS => (TIME_ENTRIES, "timeSheet"),
            _ => (EXPENSE_ENTRIES, "expenseReport"),
        };
        let entries = tx.collection(template)?;
        let own = tx.find(entries, |entry| {
            entry.get(field).and_then(RecordValue::as_object).and_then(|sheet| sheet.get("id"))
                == Some(&RecordValue::Integer(id))
        });
        for entry in own {
            tx.set(entries, entry, [("status", Value::from(self.status))]);
        }
        Ok(Some(success()))
    }
}
