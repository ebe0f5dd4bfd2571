//! Merges tickets into another ticket: moves their notes and time entries, and closes the merged tickets.

use serde_json::Value;

use super::collections::{BOARD_STATUSES, TICKET_NOTES, TICKETS, TIME_ENTRIES};
use super::record_fields::reference_id;
use crate::connectwise::bodies::success;
use crate::connectwise::error::ApiError;
use crate::engine::rule::{ActionRequest, SandboxRule};
use crate::engine::store::RecordValue;
use crate::engine::transaction::Transaction;

pub(super) struct MergeTicketsRule;

impl SandboxRule for MergeTicketsRule {
    type CarryOver = ();

    fn run(&self, tx: &mut Transaction<'_>, request: &ActionRequest<'_>) -> Result<Option<Value>, ApiError> {
        let (tickets, notes) = (tx.collection(TICKETS)?, tx.collection(TICKET_NOTES)?);
        let (time, statuses) = (tx.collection(TIME_ENTRIES)?, tx.collection(BOARD_STATUSES)?);
        let into = request.ids.last().copied().unwrap_or_default();
        let target = tx.reference(tickets, into, "TicketReference");
        for id in request.body_ids("mergeTicketIds") {
            let mut ticket = tx.get_or_404(tickets, id)?;
            if id == into {
                let message = "A ticket cannot be merged into itself.";
                return Err(ApiError::invalid_field(
                    "InvalidField",
                    "ticketMerge",
                    "mergeTicketIds",
                    message,
                ));
            }
            for note in tx.children_of(notes, id) {
                let mut moved = tx.get_or_404(notes, note)?;
                tx.remove(notes, note);
                moved.insert("ticketId".to_owned(), Value::from(into));
                tx.insert(notes, into, moved);
            }
            let charged = tx.find(time, |entry| {
                entry.get("chargeToId") == Some(&RecordValue::Integer(id))
                    && entry.get("chargeToType").and_then(RecordValue::as_text) == Some("ServiceTicket")
            });
            for entry in charged {
                tx.set(time, entry, [("chargeToId", Value::from(into)), ("ticket", target.clone())]);
            }
            let board = reference_id(&ticket, "board");
            let given =
                request.body.get("status").and_then(|status| status.get("id")).and_then(Value::as_i64);
            let closing =
                tx.find(statuses, |status| status.get("closedStatus") == Some(&RecordValue::Boolean(true)));
            let of_board = |status: &i64| tx.state.row(statuses, *status).map(|row| row.parent) == board;
            let status = given.filter(of_board).or_else(|| closing.into_iter().find(of_board));
            if let Some(status) = status {
                ticket.insert("status".to_owned(), tx.reference(statuses, status, "ServiceStatusReference"));
            }
            ticket.insert("mergedParentTicket".to_owned(), target.clone());
            for (field, value) in [
                ("closedFlag", Value::Bool(true)),
                ("closedDate", Value::from(tx.date())),
                ("closedBy", Value::from(tx.member)),
            ] {
                ticket.insert(field.to_owned(), value);
            }
            tx.update(tickets, id, ticket);
        }
        tx.set(tickets, into, []);
        Ok(Some(success()))
    }
}
