//! Attaches tickets to a parent ticket as its children.

use serde_json::Value;

use super::collections::TICKETS;
use crate::connectwise::bodies::success;
use crate::connectwise::error::ApiError;
use crate::engine::rule::{ActionRequest, SandboxRule};
use crate::engine::transaction::Transaction;

pub(super) struct AttachChildTicketsRule;

impl SandboxRule for AttachChildTicketsRule {
    type CarryOver = ();

    fn run(&self, tx: &mut Transaction<'_>, request: &ActionRequest<'_>) -> Result<Option<Value>, ApiError> {
        let tickets = tx.collection(TICKETS)?;
        let parent = request.ids.last().copied().unwrap_or_default();
        for id in request.body_ids("childTicketIds") {
            tx.get_or_404(tickets, id)?;
            if id == parent {
                let message = "A ticket cannot be its own child.";
                return Err(ApiError::invalid_field(
                    "InvalidField",
                    "ticketBundle",
                    "childTicketIds",
                    message,
                ));
            }
            tx.set(tickets, id, [("parentTicketId", Value::from(parent))]);
        }
        tx.set(tickets, parent, [("hasChildTicket", Value::Bool(true))]);
        Ok(Some(success()))
    }
}
