//! Tickets: the status, type and similar fields must belong to the ticket's board, and a closed status closes the
//! ticket.

use serde_json::{Map, Value};

use super::collections::{BOARD_ITEMS, BOARD_STATUSES, BOARD_SUBTYPES, BOARD_TYPES, BOARDS, TICKET_NOTES};
use super::note_kinds::{self, new_note};
use super::record_fields::{flag_field, reference_id, text_field};
use crate::connectwise::error::ApiError;
use crate::engine::rule::{RecordChange, SandboxRule, WrittenRecord};
use crate::engine::transaction::Transaction;

/// Fields that refer to a record of the board, its collection, and the schema of the reference.
const BOARD_FIELDS: [(&str, &str, &str); 4] = [
    ("status", BOARD_STATUSES, "ServiceStatusReference"),
    ("type", BOARD_TYPES, "ServiceTypeReference"),
    ("subType", BOARD_SUBTYPES, "ServiceSubTypeReference"),
    ("item", BOARD_ITEMS, "ServiceItemReference"),
];
/// Fields of a new ticket that become notes, and the kind of note.
const INITIAL_NOTES: [(&str, &str); 3] = [
    ("initialDescription", note_kinds::DESCRIPTION),
    ("initialInternalAnalysis", note_kinds::INTERNAL_ANALYSIS),
    ("initialResolution", note_kinds::RESOLUTION),
];

pub(super) struct TicketRule;

/// The notes of a new ticket, with kind and text.
#[derive(Default)]
pub(super) struct InitialNotes(Vec<(&'static str, String)>);

impl SandboxRule for TicketRule {
    type CarryOver = InitialNotes;

    fn before_write(
        &self,
        tx: &mut Transaction<'_>,
        change: &mut RecordChange<'_>,
    ) -> Result<InitialNotes, ApiError> {
        let ticket = &mut *change.record;
        let mut notes = InitialNotes::default();
        for (field, kind) in INITIAL_NOTES {
            if let Some(Value::String(text)) = ticket.shift_remove(field) {
                notes.0.push((kind, text));
            }
        }
        let statuses = tx.collection(BOARD_STATUSES)?;
        let board_of = |tx: &Transaction<'_>, ticket: &Map<String, Value>| {
            reference_id(ticket, "status").and_then(|id| Some(tx.state.row(statuses, id)?.parent))
        };
        // A new ticket with a status but no board belongs to the status's board.
        if let (None, Some(board)) = (change.before, board_of(tx, ticket))
            && reference_id(ticket, "board") != Some(board)
        {
            let boards = tx.collection(BOARDS)?;
            let reference = tx.reference(boards, board, "BoardReference");
            ticket.insert("board".to_owned(), reference);
        }
        if let Some(board) = reference_id(ticket, "board") {
            for (field, template, schema) in BOARD_FIELDS {
                let collection = tx.collection(template)?;
                let Some(id) = reference_id(ticket, field) else { continue };
                if tx.state.row(collection, id).is_some_and(|row| row.parent == board) {
                    continue;
                }
                // The ticket moved to another board; the field still refers to the old one.
                let row = tx.default_row(collection, Some(board));
                let default = row.filter(|_| matches!(field, "status" | "type"));
                let value = default.map_or(Value::Null, |row| tx.reference(collection, row.id, schema));
                ticket.insert(field.to_owned(), value);
            }
        }
        let status = reference_id(ticket, "status").and_then(|id| tx.get(statuses, id));
        let closed = status.is_some_and(|status| flag_field(&status, "closedStatus"));
        let was = change.before.is_some_and(|before| flag_field(before, "closedFlag"));
        ticket.insert("closedFlag".to_owned(), Value::Bool(closed));
        if closed != was {
            let (date, by) = (Value::from(tx.date()), Value::from(tx.member));
            ticket.insert("closedDate".to_owned(), if closed { date } else { Value::Null });
            ticket.insert("closedBy".to_owned(), if closed { by } else { Value::Null });
        }
        if change.before.is_none()
            && text_field(ticket, "contactName").is_empty()
            && let Some(name) = ticket.get("contact").and_then(|contact| contact.get("name")).cloned()
        {
            ticket.insert("contactName".to_owned(), name);
        }
        Ok(notes)
    }

    fn after_write(
        &self,
        tx: &mut Transaction<'_>,
        written: &WrittenRecord<'_>,
        InitialNotes(initial): InitialNotes,
    ) -> Result<(), ApiError> {
        if written.before.is_some() {
            return Ok(());
        }
        let notes = tx.collection(TICKET_NOTES)?;
        for (kind, text) in initial.iter().filter(|(_, text)| !text.is_empty()) {
            let note = new_note(tx, written.id, text, kind);
            tx.insert(notes, written.id, note);
        }
        Ok(())
    }
}
