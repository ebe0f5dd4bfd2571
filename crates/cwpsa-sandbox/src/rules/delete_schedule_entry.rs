//! Deletes a schedule entry when the request uses the path that also specifies who is notified.

use serde_json::Value;

use crate::connectwise::error::ApiError;
use crate::engine::crud;
use crate::engine::rule::{ActionRequest, SandboxRule};
use crate::engine::transaction::Transaction;

pub(super) struct DeleteScheduleEntryRule;

impl SandboxRule for DeleteScheduleEntryRule {
    type CarryOver = ();

    fn run(&self, tx: &mut Transaction<'_>, request: &ActionRequest<'_>) -> Result<Option<Value>, ApiError> {
        if let (Some(Some(collection)), Some(id)) =
            (request.operation.parameters().first(), request.ids.first())
        {
            crud::delete(request.rules, tx, *collection, *id)?;
        }
        Ok(None)
    }
}
