//! What is special about some records and actions: small named rules, bound to collections and operations by
//! `data/rules.json`. Everything that has no rule works as its schema says.

mod callbacks;
mod conversions;
mod data;
mod demand;
mod orders;
mod reads;
mod stock;
mod tickets;
mod time;

use std::sync::OnceLock;

use serde_json::{Map, Value};

use crate::api::{CollectionId, Operation};
use crate::problem::Problem;
use crate::write::Writing;

pub(crate) use data::{Rules, Test, View};

/// A write to one record, while it can still be changed or refused.
pub(crate) struct Change<'a> {
    pub(crate) collection: CollectionId,
    /// The id of the record that it is nested under.
    pub(crate) parent: i64,
    /// The record as it was; none for a new one.
    pub(crate) before: Option<&'a Map<String, Value>>,
    /// The record as it will be.
    pub(crate) record: &'a mut Map<String, Value>,
}

/// A write to one record, after it was stored.
pub(crate) struct Stored<'a> {
    pub(crate) collection: CollectionId,
    pub(crate) id: i64,
    /// The record as it was; none for a new one.
    pub(crate) before: Option<&'a Map<String, Value>>,
    /// What was given and is never answered.
    pub(crate) only_written: &'a Map<String, Value>,
}

/// What is special about a collection's records.
pub(crate) trait RecordRule: Sync {
    /// Changes or refuses a write.
    fn before(&self, _writing: &mut Writing<'_>, _change: &mut Change<'_>) -> Result<(), Problem> {
        Ok(())
    }

    /// Does what follows from a write.
    fn after(&self, _writing: &mut Writing<'_>, _stored: &Stored<'_>) -> Result<(), Problem> {
        Ok(())
    }

    /// Does what follows from a deletion.
    fn removed(&self, _writing: &mut Writing<'_>, _before: &Map<String, Value>) -> Result<(), Problem> {
        Ok(())
    }
}

/// A call of an action.
pub(crate) struct ActionCall<'a> {
    pub(crate) operation: &'a Operation,
    /// The values of the path's parameters.
    pub(crate) values: &'a [String],
    /// The ids of the records that they name; 0 where they name none.
    pub(crate) ids: &'a [i64],
    pub(crate) query: &'a [(String, String)],
    pub(crate) body: &'a Value,
}

/// What an action does and answers; nothing stands for an answer of the declared shape.
pub(crate) type ActionRule = fn(&mut Writing<'_>, &ActionCall<'_>) -> Result<Option<Value>, Problem>;

/// The rules of the API.
pub(crate) fn rules() -> &'static Rules {
    static RULES: OnceLock<Rules> = OnceLock::new();
    RULES.get_or_init(|| match Rules::new() {
        Ok(rules) => rules,
        Err(reason) => panic!("data/rules.json is damaged: {reason}"),
    })
}

/// The record rule with this name.
fn record_rule(name: &str) -> Option<&'static dyn RecordRule> {
    Some(match name {
        "adjustment" => &stock::Adjustment,
        "adjustment_detail" => &stock::Detail,
        "callback" => &callbacks::Callback,
        "note" => &tickets::Note,
        "purchase_order" => &orders::Order,
        "purchase_order_line" => &orders::Line,
        "ticket" => &tickets::Ticket,
        "time_entry" => &time::Entry,
        _ => return None,
    })
}

/// The action rule with this name.
fn action_rule(name: &str) -> Option<ActionRule> {
    Some(match name {
        "approve_sheet" => time::approve,
        "attach_children" => tickets::attach,
        "bundle" => reads::bundle,
        "convert_to_agreement" => conversions::to_agreement,
        "convert_to_order" => conversions::to_order,
        "convert_to_project" => conversions::to_project,
        "convert_to_ticket" => conversions::to_ticket,
        "copy_order" => orders::copy,
        "delete_first" => delete_first,
        "merge_tickets" => tickets::merge,
        "purchase_demand" => demand::purchase,
        "quantity_on_hand" => stock::quantity,
        "rebatch_order" => orders::rebatch,
        "reject_sheet" => time::reject,
        "report" => reads::report,
        "report_columns" => reads::report_columns,
        "report_count" => reads::report_count,
        "reverse_sheet" => time::reverse,
        "submit_sheet" => time::submit,
        "system_info" => reads::info,
        "unbatch_order" => orders::unbatch,
        _ => return None,
    })
}

/// Deletes the record that the path's first parameter names; what follows says who is told.
fn delete_first(writing: &mut Writing<'_>, call: &ActionCall<'_>) -> Result<Option<Value>, Problem> {
    if let (Some(Some(collection)), Some(id)) = (call.operation.parameters().first(), call.ids.first()) {
        writing.delete(*collection, *id)?;
    }
    Ok(None)
}

/// The id of a reference.
pub(crate) fn id_at(record: &Map<String, Value>, member: &str) -> Option<i64> {
    record.get(member)?.get("id")?.as_i64()
}

/// A number that may not be there.
pub(crate) fn number(record: &Map<String, Value>, member: &str) -> f64 {
    record.get(member).and_then(Value::as_f64).unwrap_or_default()
}

/// A flag that may not be there.
pub(crate) fn flag(record: &Map<String, Value>, member: &str) -> bool {
    record.get(member).and_then(Value::as_bool).unwrap_or_default()
}

/// A text that may not be there.
pub(crate) fn text<'r>(record: &'r Map<String, Value>, member: &str) -> &'r str {
    record.get(member).and_then(Value::as_str).unwrap_or_default()
}
