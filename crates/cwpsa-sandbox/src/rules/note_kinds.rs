//! Determines the kind of a ticket note from its flags.

use serde_json::{Map, Value};

use crate::engine::transaction::Transaction;

pub(super) const DESCRIPTION: &str = "detailDescriptionFlag";
pub(super) const INTERNAL_ANALYSIS: &str = "internalAnalysisFlag";
pub(super) const RESOLUTION: &str = "resolutionFlag";

/// Returns a note to be stored. `kind` is one of the flags.
pub(super) fn new_note(tx: &Transaction<'_>, ticket: i64, text: &str, kind: &str) -> Map<String, Value> {
    let mut note = Map::new();
    note.insert("ticketId".to_owned(), Value::from(ticket));
    note.insert("text".to_owned(), Value::from(text));
    for flag in [DESCRIPTION, INTERNAL_ANALYSIS, RESOLUTION] {
        note.insert(flag.to_owned(), Value::Bool(flag == kind));
    }
    note.insert("dateCreated".to_owned(), Value::from(tx.date()));
    note.insert("createdBy".to_owned(), Value::from(tx.member));
    note
}
