//! Ticket notes: a note must appear in at least one section of its ticket. Writing a note also updates the ticket's
//! audit fields.

use serde_json::{Map, Value};

use super::note_kinds;
use super::record_fields::flag_field;
use crate::connectwise::error::{ApiError, InvalidField};
use crate::engine::rule::{SandboxRule, WrittenRecord};
use crate::engine::transaction::Transaction;

/// The flags, in the order of the API's error message.
const DISPLAY_FLAGS: [&str; 3] =
    [note_kinds::DESCRIPTION, note_kinds::INTERNAL_ANALYSIS, note_kinds::RESOLUTION];

/// The rule for the notes on one kind of tickets.
pub(super) struct TicketNoteRule {
    pub(super) tickets: &'static str,
    pub(super) resource: &'static str,
    /// The error code; observed for service tickets.
    pub(super) code: &'static str,
}

impl SandboxRule for TicketNoteRule {
    type CarryOver = ();

    fn validate(&self, record: &Map<String, Value>, invalid_fields: &mut Vec<InvalidField>) {
        if DISPLAY_FLAGS.iter().all(|flag| !flag_field(record, flag)) {
            let message = "Please choose where to display the notes in order to save this record.";
            let fields = DISPLAY_FLAGS.join(", ");
            invalid_fields.push(InvalidField::new(self.code, self.resource, &fields, message));
        }
    }

    fn after_write(
        &self,
        tx: &mut Transaction<'_>,
        written: &WrittenRecord<'_>,
        (): (),
    ) -> Result<(), ApiError> {
        let tickets = tx.collection(self.tickets)?;
        let parent = tx.state.row(written.collection, written.id).map(|row| row.parent);
        // Only the audit fields change.
        tx.set(tickets, parent.unwrap_or_default(), []);
        Ok(())
    }
}
