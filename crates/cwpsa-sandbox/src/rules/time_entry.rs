//! Time entries: if an entry has an end, its hours are the time span minus the deduction; otherwise, the hours in the
//! request are used.
//!
//! An entry on a ticket takes the ticket's company, adds to the ticket's hours, and may also become a ticket note. Some
//! ticket statuses don't allow time entries.

use serde_json::{Map, Value};

use super::collections::{
    BOARD_STATUSES, MEMBERS, TICKET_NOTES, TICKETS, TIME_ENTRIES, WORK_ROLES, WORK_TYPES,
};
use super::note_kinds::{self, new_note};
use super::record_fields::{flag_field, number_field, reference_id, text_field};
use crate::api::CollectionId;
use crate::connectwise::date;
use crate::connectwise::error::ApiError;
use crate::engine::rule::{RecordChange, SandboxRule, WrittenRecord};
use crate::engine::store::RecordValue;
use crate::engine::transaction::Transaction;

/// Flags that turn an entry into a note, and the kind of note.
const NOTE_FLAGS: [(&str, &str); 3] = [
    ("addToDetailDescriptionFlag", note_kinds::DESCRIPTION),
    ("addToInternalAnalysisFlag", note_kinds::INTERNAL_ANALYSIS),
    ("addToResolutionFlag", note_kinds::RESOLUTION),
];

pub(super) struct TimeEntryRule;

impl SandboxRule for TimeEntryRule {
    type CarryOver = ();

    fn before_write(&self, tx: &mut Transaction<'_>, change: &mut RecordChange<'_>) -> Result<(), ApiError> {
        if let Some(id) = charged_ticket(tx, change.record)? {
            apply_ticket(tx, change, id)?;
        }
        let entry = &mut *change.record;
        if reference_id(entry, "member").is_none() {
            let members = tx.collection(MEMBERS)?;
            let by = tx.member;
            let own =
                tx.find(members, |known| known.get("identifier").and_then(RecordValue::as_text) == Some(by));
            if let Some(own) = own.first() {
                entry.insert("member".to_owned(), tx.reference(members, *own, "MemberReference"));
            }
        }
        apply_hours(entry, change.before.is_none())?;
        apply_rate(tx, entry)
    }

    fn after_write(
        &self,
        tx: &mut Transaction<'_>,
        written: &WrittenRecord<'_>,
        (): (),
    ) -> Result<(), ApiError> {
        let entry = tx.get_or_404(written.collection, written.id)?;
        let now = charged_ticket(tx, &entry)?;
        let before = written
            .before
            .and_then(|before| before.get("chargeToId")?.as_i64())
            .filter(|id| Some(*id) != now);
        for id in now.into_iter().chain(before) {
            update_ticket_hours(tx, written.collection, id)?;
        }
        if let (Some(id), None) = (now, written.before) {
            let notes = tx.collection(TICKET_NOTES)?;
            let words = text_field(&entry, "notes");
            for (flagged, kind) in NOTE_FLAGS.into_iter().filter(|_| !words.is_empty()) {
                if flag_field(&entry, flagged) {
                    let note = new_note(tx, id, words, kind);
                    tx.insert(notes, id, note);
                }
            }
        }
        Ok(())
    }

    fn after_delete(&self, tx: &mut Transaction<'_>, deleted: &Map<String, Value>) -> Result<(), ApiError> {
        let entries = tx.collection(TIME_ENTRIES)?;
        match charged_ticket(tx, deleted) {
            Ok(Some(id)) => update_ticket_hours(tx, entries, id),
            _ => Ok(()),
        }
    }
}

/// Returns the ticket to which an entry is charged.
fn charged_ticket(tx: &mut Transaction<'_>, entry: &Map<String, Value>) -> Result<Option<i64>, ApiError> {
    if text_field(entry, "chargeToType") != "ServiceTicket" {
        return Ok(None);
    }
    let Some(id) = entry.get("chargeToId").and_then(Value::as_i64) else { return Ok(None) };
    let tickets = tx.collection(TICKETS)?;
    match tx.state.row(tickets, id) {
        Some(_) => Ok(Some(id)),
        None => {
            let message = format!("Service Ticket {id} not found");
            Err(ApiError::invalid_field("NotFound", "timeEntry", "chargeToId", message))
        }
    }
}

/// Sets an entry's hours: the time between start and end, or the given hours if there is no end.
fn apply_hours(entry: &mut Map<String, Value>, is_new: bool) -> Result<(), ApiError> {
    let moment = |entry: &Map<String, Value>, field: &str| date::parse(text_field(entry, field));
    if let (Some(start), Some(end)) = (moment(entry, "timeStart"), moment(entry, "timeEnd")) {
        if end < start {
            let message = "The timeEnd field must not be before timeStart.";
            return Err(ApiError::invalid_field("InvalidField", "timeEntry", "timeEnd", message));
        }
        #[expect(clippy::cast_precision_loss, reason = "a span of hours")]
        let span = (end - start) as f64 / 3600.0;
        let hours = ((span - number_field(entry, "hoursDeduct")).max(0.0) * 100.0).round() / 100.0;
        set_hours(entry, hours, is_new);
    } else if is_new || entry.get("actualHours").is_some_and(|hours| !hours.is_null()) {
        set_hours(entry, number_field(entry, "actualHours"), is_new);
    }
    Ok(())
}

fn set_hours(entry: &mut Map<String, Value>, hours: f64, is_new: bool) {
    entry.insert("actualHours".to_owned(), Value::from(hours));
    if text_field(entry, "billableOption") == "Billable" {
        entry.insert("invoiceHours".to_owned(), Value::from(hours));
        if is_new && number_field(entry, "hoursBilled") == 0.0 {
            entry.insert("hoursBilled".to_owned(), Value::from(hours));
        }
    }
}

/// Sets the hourly rate by work role and work type, unless it was given.
fn apply_rate(tx: &mut Transaction<'_>, entry: &mut Map<String, Value>) -> Result<(), ApiError> {
    if entry.get("hourlyRate").is_none_or(Value::is_null) {
        let (roles, types) = (tx.collection(WORK_ROLES)?, tx.collection(WORK_TYPES)?);
        let role = reference_id(entry, "workRole").and_then(|id| tx.get(roles, id));
        let kind = reference_id(entry, "workType").and_then(|id| tx.get(types, id));
        let times = kind
            .filter(|kind| text_field(kind, "rateType") == "Multiplier")
            .map_or(1.0, |kind| number_field(&kind, "rate"));
        if let Some(role) = role {
            entry.insert("hourlyRate".to_owned(), Value::from(number_field(&role, "hourlyRate") * times));
        }
    }
    Ok(())
}

/// Copies fields from the entry's ticket.
fn apply_ticket(tx: &mut Transaction<'_>, change: &mut RecordChange<'_>, id: i64) -> Result<(), ApiError> {
    let (tickets, statuses) = (tx.collection(TICKETS)?, tx.collection(BOARD_STATUSES)?);
    let ticket = tx.get_or_404(tickets, id)?;
    let status = reference_id(&ticket, "status").and_then(|id| tx.get(statuses, id));
    if change.before.is_none() && status.is_some_and(|status| flag_field(&status, "timeEntryNotAllowed")) {
        let message = "Time entries are not allowed for tickets in this status.";
        return Err(ApiError::new(400, "TimeEntryApi", message));
    }
    let name =
        |field: &str| ticket.get(field).and_then(|known| known.get("name")).cloned().unwrap_or_default();
    for (field, value) in [
        ("ticket", tx.reference(tickets, id, "TicketReference")),
        ("company", ticket.get("company").cloned().unwrap_or_default()),
        ("ticketBoard", name("board")),
        ("ticketStatus", name("status")),
        ("ticketType", name("type")),
        ("ticketSubType", name("subType")),
    ] {
        change.record.insert(field.to_owned(), value);
    }
    Ok(())
}

/// Adds up a ticket's hours.
fn update_ticket_hours(tx: &mut Transaction<'_>, entries: CollectionId, id: i64) -> Result<(), ApiError> {
    let tickets = tx.collection(TICKETS)?;
    let rows = tx.state.table(entries).map(|table| table.rows()).unwrap_or_default();
    let own = rows.iter().filter(|row| {
        row.record.get("chargeToId") == Some(&RecordValue::Integer(id))
            && row.record.get("chargeToType").and_then(RecordValue::as_text) == Some("ServiceTicket")
    });
    let sum: f64 = own.filter_map(|row| row.record.get("actualHours")?.to_json().as_f64()).sum();
    tx.set(tickets, id, [("actualHours", Value::from((sum * 100.0).round() / 100.0))]);
    Ok(())
}
