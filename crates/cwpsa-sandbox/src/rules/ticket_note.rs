//! Notes of tickets: a note updates its ticket.

use super::collections::TICKETS;
use crate::connectwise::error::ApiError;
use crate::engine::rule::{SandboxRule, WrittenRecord};
use crate::engine::transaction::Transaction;

pub(super) struct TicketNoteRule;

impl SandboxRule for TicketNoteRule {
    type CarryOver = ();

    fn after_write(
        &self,
        tx: &mut Transaction<'_>,
        written: &WrittenRecord<'_>,
        (): (),
    ) -> Result<(), ApiError> {
        let tickets = tx.collection(TICKETS)?;
        let parent = tx.state.row(written.collection, written.id).map(|row| row.parent);
        // Only the audit fields change.
        tx.set(tickets, parent.unwrap_or_default(), []);
        Ok(())
    }
}
