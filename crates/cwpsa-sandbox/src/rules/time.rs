//! Time entries: hours are the span without what is deducted; an entry on a ticket takes the ticket's company,
//! adds to its hours, and may become its note; some statuses take no time. Sheets are submitted, approved and
//! rejected, their entries with them.

use serde_json::{Map, Value, json};

use super::{ActionCall, Change, RecordRule, Stored, flag, id_at, number, text, tickets};
use crate::api::{CollectionId, api};
use crate::clock;
use crate::problem::Problem;
use crate::store::Node;
use crate::write::Writing;

const TICKETS: &str = "/service/tickets";
const NOTES: &str = "/service/tickets/{}/notes";
const STATUSES: &str = "/service/boards/{}/statuses";
const ENTRIES: &str = "/time/entries";
const MEMBERS: &str = "/system/members";
const ROLES: &str = "/time/workRoles";
const TYPES: &str = "/time/workTypes";
const NOTE_FLAGS: [(&str, &str); 3] = [
    ("addToDetailDescriptionFlag", "detailDescriptionFlag"),
    ("addToInternalAnalysisFlag", "internalAnalysisFlag"),
    ("addToResolutionFlag", "resolutionFlag"),
];

pub(super) struct Entry;

/// The ticket that an entry is charged to.
fn ticket(writing: &mut Writing<'_>, entry: &Map<String, Value>) -> Result<Option<i64>, Problem> {
    if text(entry, "chargeToType") != "ServiceTicket" {
        return Ok(None);
    }
    let Some(id) = entry.get("chargeToId").and_then(Value::as_i64) else { return Ok(None) };
    let tickets = writing.collection(TICKETS)?;
    match writing.state.row(tickets, id) {
        Some(_) => Ok(Some(id)),
        None => {
            let message = format!("Service Ticket {id} not found");
            Err(Problem::fault("NotFound", "timeEntry", "chargeToId", message))
        }
    }
}

impl RecordRule for Entry {
    fn before(&self, writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), Problem> {
        if let Some(id) = ticket(writing, change.record)? {
            on_ticket(writing, change, id)?;
        }
        let entry = &mut *change.record;
        if id_at(entry, "member").is_none() {
            let members = writing.collection(MEMBERS)?;
            let by = writing.member;
            let own = writing
                .matching(members, |known| known.get("identifier").and_then(Node::as_text) == Some(by));
            if let Some(own) = own.first() {
                entry.insert("member".to_owned(), writing.refer(members, *own, "MemberReference"));
            }
        }
        let moment = |entry: &Map<String, Value>, member: &str| clock::parse(text(entry, member));
        if let (Some(start), Some(end)) = (moment(entry, "timeStart"), moment(entry, "timeEnd")) {
            if end < start {
                let message = "The timeEnd field must not be before timeStart.";
                return Err(Problem::fault("InvalidField", "timeEntry", "timeEnd", message));
            }
            #[expect(clippy::cast_precision_loss, reason = "a span of hours")]
            let span = (end - start) as f64 / 3600.0;
            let hours = ((span - number(entry, "hoursDeduct")).max(0.0) * 100.0).round() / 100.0;
            entry.insert("actualHours".to_owned(), Value::from(hours));
            if text(entry, "billableOption") == "Billable" {
                entry.insert("invoiceHours".to_owned(), Value::from(hours));
                if change.before.is_none() && number(entry, "hoursBilled") == 0.0 {
                    entry.insert("hoursBilled".to_owned(), Value::from(hours));
                }
            }
        } else if change.before.is_none() {
            entry.insert("actualHours".to_owned(), Value::from(0.0));
        }
        if entry.get("hourlyRate").is_none_or(Value::is_null) {
            let (roles, types) = (writing.collection(ROLES)?, writing.collection(TYPES)?);
            let role = id_at(entry, "workRole").and_then(|id| writing.value(roles, id));
            let kind = id_at(entry, "workType").and_then(|id| writing.value(types, id));
            let times = kind
                .filter(|kind| text(kind, "rateType") == "Multiplier")
                .map_or(1.0, |kind| number(&kind, "rate"));
            if let Some(role) = role {
                entry.insert("hourlyRate".to_owned(), Value::from(number(&role, "hourlyRate") * times));
            }
        }
        Ok(())
    }

    fn after(&self, writing: &mut Writing<'_>, stored: &Stored<'_>) -> Result<(), Problem> {
        let entry = writing.existing(stored.collection, stored.id)?;
        let now = ticket(writing, &entry)?;
        let before =
            stored.before.and_then(|before| before.get("chargeToId")?.as_i64()).filter(|id| Some(*id) != now);
        for id in now.into_iter().chain(before) {
            hours(writing, stored.collection, id)?;
        }
        if let (Some(id), None) = (now, stored.before) {
            let notes = writing.collection(NOTES)?;
            let words = text(&entry, "notes");
            for (flagged, kind) in NOTE_FLAGS.into_iter().filter(|_| !words.is_empty()) {
                if flag(&entry, flagged) {
                    let note = tickets::note(writing, id, words, kind);
                    writing.insert(notes, id, note);
                }
            }
        }
        Ok(())
    }

    fn removed(&self, writing: &mut Writing<'_>, before: &Map<String, Value>) -> Result<(), Problem> {
        let entries = writing.collection(ENTRIES)?;
        match ticket(writing, before) {
            Ok(Some(id)) => hours(writing, entries, id),
            _ => Ok(()),
        }
    }
}

/// What an entry takes from its ticket.
fn on_ticket(writing: &mut Writing<'_>, change: &mut Change<'_>, id: i64) -> Result<(), Problem> {
    let (tickets, statuses) = (writing.collection(TICKETS)?, writing.collection(STATUSES)?);
    let ticket = writing.existing(tickets, id)?;
    let status = id_at(&ticket, "status").and_then(|id| writing.value(statuses, id));
    if change.before.is_none() && status.is_some_and(|status| flag(&status, "timeEntryNotAllowed")) {
        let message = "Time entries are not allowed for tickets in this status.";
        return Err(Problem::new(400, "TimeEntryApi", message));
    }
    let name =
        |member: &str| ticket.get(member).and_then(|known| known.get("name")).cloned().unwrap_or_default();
    for (member, value) in [
        ("ticket", writing.refer(tickets, id, "TicketReference")),
        ("company", ticket.get("company").cloned().unwrap_or_default()),
        ("ticketBoard", name("board")),
        ("ticketStatus", name("status")),
        ("ticketType", name("type")),
        ("ticketSubType", name("subType")),
    ] {
        change.record.insert(member.to_owned(), value);
    }
    Ok(())
}

/// Adds up the hours of a ticket.
fn hours(writing: &mut Writing<'_>, entries: CollectionId, id: i64) -> Result<(), Problem> {
    let tickets = writing.collection(TICKETS)?;
    let rows = writing.state.table(entries).map(|table| table.rows()).unwrap_or_default();
    let own = rows.iter().filter(|row| {
        row.record.get("chargeToId") == Some(&Node::Integer(id))
            && row.record.get("chargeToType").and_then(Node::as_text) == Some("ServiceTicket")
    });
    let sum: f64 = own.filter_map(|row| row.record.get("actualHours")?.value().as_f64()).sum();
    writing.set(tickets, id, [("actualHours", Value::from((sum * 100.0).round() / 100.0))]);
    Ok(())
}

pub(super) fn submit(writing: &mut Writing<'_>, call: &ActionCall<'_>) -> Result<Option<Value>, Problem> {
    sheet(writing, call, "PendingApproval", "PendingApproval")
}

pub(super) fn approve(writing: &mut Writing<'_>, call: &ActionCall<'_>) -> Result<Option<Value>, Problem> {
    sheet(writing, call, "ReadyToBill", "ReadyToBill")
}

pub(super) fn reject(writing: &mut Writing<'_>, call: &ActionCall<'_>) -> Result<Option<Value>, Problem> {
    sheet(writing, call, "Rejected", "Rejected")
}

pub(super) fn reverse(writing: &mut Writing<'_>, call: &ActionCall<'_>) -> Result<Option<Value>, Problem> {
    sheet(writing, call, "Open", "Open")
}

/// Gives a sheet, and the entries on it, a status.
fn sheet(
    writing: &mut Writing<'_>,
    call: &ActionCall<'_>,
    status: &str,
    of_entries: &str,
) -> Result<Option<Value>, Problem> {
    let Some(sheets) = call.operation.parameters().last().copied().flatten() else { return Ok(None) };
    let id = call.ids.last().copied().unwrap_or_default();
    writing.existing(sheets, id)?;
    writing.set(sheets, id, [("status", Value::from(status))]);
    let (template, member) = match api().of(sheets).template {
        "/time/sheets" => (ENTRIES, "timeSheet"),
        _ => ("/expense/entries", "expenseReport"),
    };
    let entries = writing.collection(template)?;
    let own = writing.matching(entries, |entry| {
        entry.get(member).and_then(Node::as_object).and_then(|sheet| sheet.get("id"))
            == Some(&Node::Integer(id))
    });
    for entry in own {
        writing.set(entries, entry, [("status", Value::from(of_entries))]);
    }
    Ok(Some(json!({"success": true, "message": "Success"})))
}
