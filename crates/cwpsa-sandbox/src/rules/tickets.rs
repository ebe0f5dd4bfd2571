//! Tickets: status, type and the like belong to the ticket's board; a closed status closes the ticket; a note
//! is an update of its ticket; tickets merge and have children.

use serde_json::{Map, Value, json};

use super::{ActionCall, Change, RecordRule, Stored, flag, id_at, text};
use crate::problem::Problem;
use crate::store::Node;
use crate::write::Writing;

const TICKETS: &str = "/service/tickets";
const NOTES: &str = "/service/tickets/{}/notes";
const TIME: &str = "/time/entries";
const BOARDS: &str = "/service/boards";
const STATUSES: &str = "/service/boards/{}/statuses";
/// What belongs to a board, and the schema of references to it.
const OF_BOARD: [(&str, &str, &str); 4] = [
    ("status", STATUSES, "ServiceStatusReference"),
    ("type", "/service/boards/{}/types", "ServiceTypeReference"),
    ("subType", "/service/boards/{}/subtypes", "ServiceSubTypeReference"),
    ("item", "/service/boards/{}/items", "ServiceItemReference"),
];
/// Members that a new ticket is given and never answers, and the flag of the note that they become.
const FIRST_NOTES: [(&str, &str); 3] = [
    ("initialDescription", "detailDescriptionFlag"),
    ("initialInternalAnalysis", "internalAnalysisFlag"),
    ("initialResolution", "resolutionFlag"),
];

pub(super) struct Ticket;

impl RecordRule for Ticket {
    fn before(&self, writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), Problem> {
        let ticket = &mut *change.record;
        // Under a name that no record has, they go to the rule alone.
        for (member, _) in FIRST_NOTES {
            if let Some(words) = ticket.shift_remove(member) {
                ticket.insert(format!("@{member}"), words);
            }
        }
        let statuses = writing.collection(STATUSES)?;
        let board_of = |writing: &Writing<'_>, ticket: &Map<String, Value>| {
            id_at(ticket, "status").and_then(|id| Some(writing.state.row(statuses, id)?.parent))
        };
        // A new ticket with a status and no board is on the board of the status.
        if let (None, Some(board)) = (change.before, board_of(writing, ticket))
            && id_at(ticket, "board") != Some(board)
        {
            let boards = writing.collection(BOARDS)?;
            let reference = writing.refer(boards, board, "BoardReference");
            ticket.insert("board".to_owned(), reference);
        }
        if let Some(board) = id_at(ticket, "board") {
            for (member, template, schema) in OF_BOARD {
                let collection = writing.collection(template)?;
                let Some(id) = id_at(ticket, member) else { continue };
                if writing.state.row(collection, id).is_some_and(|row| row.parent == board) {
                    continue;
                }
                // The ticket moved to another board; what it had belongs to the old one.
                let row = writing.default_row(collection, Some(board));
                let default = row.filter(|_| matches!(member, "status" | "type"));
                let value = default.map_or(Value::Null, |row| writing.refer(collection, row.id, schema));
                ticket.insert(member.to_owned(), value);
            }
        }
        let status = id_at(ticket, "status").and_then(|id| writing.value(statuses, id));
        let closed = status.is_some_and(|status| flag(&status, "closedStatus"));
        let was = change.before.is_some_and(|before| flag(before, "closedFlag"));
        ticket.insert("closedFlag".to_owned(), Value::Bool(closed));
        if closed != was {
            let (date, by) = (Value::from(writing.date()), Value::from(writing.member));
            ticket.insert("closedDate".to_owned(), if closed { date } else { Value::Null });
            ticket.insert("closedBy".to_owned(), if closed { by } else { Value::Null });
        }
        if change.before.is_none()
            && text(ticket, "contactName").is_empty()
            && let Some(name) = ticket.get("contact").and_then(|contact| contact.get("name")).cloned()
        {
            ticket.insert("contactName".to_owned(), name);
        }
        Ok(())
    }

    fn after(&self, writing: &mut Writing<'_>, stored: &Stored<'_>) -> Result<(), Problem> {
        if stored.before.is_some() {
            return Ok(());
        }
        let notes = writing.collection(NOTES)?;
        for (member, kind) in FIRST_NOTES {
            let words = text(stored.only_written, &format!("@{member}"));
            if !words.is_empty() {
                let note = note(writing, stored.id, words, kind);
                writing.insert(notes, stored.id, note);
            }
        }
        Ok(())
    }
}

/// A note as it is stored.
pub(super) fn note(writing: &Writing<'_>, ticket: i64, words: &str, kind: &str) -> Map<String, Value> {
    let mut note = Map::new();
    note.insert("ticketId".to_owned(), Value::from(ticket));
    note.insert("text".to_owned(), Value::from(words));
    for (_, known) in FIRST_NOTES {
        note.insert(known.to_owned(), Value::Bool(known == kind));
    }
    note.insert("dateCreated".to_owned(), Value::from(writing.date()));
    note.insert("createdBy".to_owned(), Value::from(writing.member));
    note
}

pub(super) struct Note;

impl RecordRule for Note {
    fn after(&self, writing: &mut Writing<'_>, stored: &Stored<'_>) -> Result<(), Problem> {
        let tickets = writing.collection(TICKETS)?;
        let parent = writing.state.row(stored.collection, stored.id).map(|row| row.parent);
        // The new date alone.
        writing.set(tickets, parent.unwrap_or_default(), []);
        Ok(())
    }
}

fn ids(call: &ActionCall<'_>, member: &str) -> Vec<i64> {
    call.body.get(member).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_i64).collect()
}

/// Puts tickets into another one: notes and time go there, the tickets are closed.
pub(super) fn merge(writing: &mut Writing<'_>, call: &ActionCall<'_>) -> Result<Option<Value>, Problem> {
    let (tickets, notes) = (writing.collection(TICKETS)?, writing.collection(NOTES)?);
    let (time, statuses) = (writing.collection(TIME)?, writing.collection(STATUSES)?);
    let into = call.ids.last().copied().unwrap_or_default();
    let target = writing.refer(tickets, into, "TicketReference");
    for id in ids(call, "mergeTicketIds") {
        let mut ticket = writing.existing(tickets, id)?;
        if id == into {
            let message = "A ticket cannot be merged into itself.";
            return Err(Problem::fault("InvalidField", "ticketMerge", "mergeTicketIds", message));
        }
        for note in writing.under(notes, id) {
            let mut moved = writing.existing(notes, note)?;
            writing.remove(notes, note);
            moved.insert("ticketId".to_owned(), Value::from(into));
            writing.insert(notes, into, moved);
        }
        let charged = writing.matching(time, |entry| {
            entry.get("chargeToId") == Some(&Node::Integer(id))
                && entry.get("chargeToType").and_then(Node::as_text) == Some("ServiceTicket")
        });
        for entry in charged {
            writing.set(time, entry, [("chargeToId", Value::from(into)), ("ticket", target.clone())]);
        }
        let board = id_at(&ticket, "board");
        let given = call.body.get("status").and_then(|status| status.get("id")).and_then(Value::as_i64);
        let closing =
            writing.matching(statuses, |status| status.get("closedStatus") == Some(&Node::Boolean(true)));
        let of_board = |status: &i64| writing.state.row(statuses, *status).map(|row| row.parent) == board;
        let status = given.filter(of_board).or_else(|| closing.into_iter().find(of_board));
        if let Some(status) = status {
            ticket.insert("status".to_owned(), writing.refer(statuses, status, "ServiceStatusReference"));
        }
        ticket.insert("mergedParentTicket".to_owned(), target.clone());
        for (member, value) in [
            ("closedFlag", Value::Bool(true)),
            ("closedDate", Value::from(writing.date())),
            ("closedBy", Value::from(writing.member)),
        ] {
            ticket.insert(member.to_owned(), value);
        }
        writing.update(tickets, id, ticket);
    }
    writing.set(tickets, into, []);
    Ok(Some(json!({"success": true, "message": "Success"})))
}

/// Makes tickets children of another one.
pub(super) fn attach(writing: &mut Writing<'_>, call: &ActionCall<'_>) -> Result<Option<Value>, Problem> {
    let tickets = writing.collection(TICKETS)?;
    let parent = call.ids.last().copied().unwrap_or_default();
    for id in ids(call, "childTicketIds") {
        writing.existing(tickets, id)?;
        if id == parent {
            let message = "A ticket cannot be its own child.";
            return Err(Problem::fault("InvalidField", "ticketBundle", "childTicketIds", message));
        }
        writing.set(tickets, id, [("parentTicketId", Value::from(parent))]);
    }
    writing.set(tickets, parent, [("hasChildTicket", Value::Bool(true))]);
    Ok(Some(json!({"success": true, "message": "Success"})))
}
