//! Actions: one with a rule does what the rule says; a copy copies; every other one is accepted and answers
//! its declared shape.

use serde_json::{Map, Value};

use super::{Called, files, read, reply};
use crate::api::{BodyFormat, CollectionId, Purpose, ResponseContent, api, resource};
use crate::call::Answer;
use crate::problem::Problem;
use crate::rules::{ActionCall, rules};
use crate::store::rooted;
use crate::write::{Check, Writing, object};

/// Does an action, and answers with what it was given.
pub(super) fn act(called: &Called<'_>, writing: &mut Writing<'_>) -> Result<(Answer, Value), Problem> {
    let ids = called.ids(writing.state)?;
    let plan = called.operation.plan();
    if plan.body == BodyFormat::None && !called.call.body.is_empty() {
        files::keep(called, writing);
    }
    let body = checked(called, writing)?;
    let (operation, values) = (called.operation, called.place.values.as_slice());
    let call = ActionCall { operation, values, ids: &ids, query: &called.call.query, body: &body };
    let mut answered = match rules().action(operation) {
        Some(rule) => rule(writing, &call)?,
        None => None,
    };
    if let (None, Purpose::Copy(collection)) = (&answered, operation.purpose) {
        answered = copy(writing, collection, &call)?;
    }
    if answered.is_none() {
        answered = named(writing, &call);
    }
    let answer = match (plan.content, answered) {
        (ResponseContent::None, _) => reply::nothing(),
        (_, Some(mut value)) => {
            if plan.list && !value.is_array() {
                value = Value::Array(vec![value]);
            }
            rooted(&mut value, &called.call.root);
            reply::json(status(called), &value)
        }
        (_, None) => {
            let id = ids.last().copied().unwrap_or(1);
            reply::json(status(called), &read::declared(plan, id, writing.now, &body))
        }
    };
    Ok((answer, body))
}

/// An action answers 200, one that makes something 201; which is told by what comes back.
fn status(called: &Called<'_>) -> u16 {
    if matches!(called.operation.purpose, Purpose::Copy(_)) { 201 } else { 200 }
}

/// The body, checked and with its references filled in.
fn checked(called: &Called<'_>, writing: &mut Writing<'_>) -> Result<Value, Problem> {
    let plan = called.operation.plan();
    let of = resource(&plan.shape.name);
    let mut check = Check::new(&plan.shape, of, called.text());
    match plan.body {
        BodyFormat::Object => {
            let body = called.body()?;
            let mut record = check.members(&object(&body, &plan.shape.name)?)?;
            check.required(&plan.required, &record);
            check.done()?;
            writing.resolve(&plan.links, of, &mut record, |_| true)?;
            Ok(Value::Object(record))
        }
        BodyFormat::Whole => {
            let body = called.body()?;
            let node = plan.shape.whole.clone().unwrap_or_default();
            let body = check.value(&node, None, &body, "")?;
            check.done()?;
            Ok(body)
        }
        BodyFormat::Patch => called.body(),
        BodyFormat::None | BodyFormat::Multipart => Ok(Value::Null),
    }
}

/// The record that the path names, where the action answers one of that kind.
fn named(writing: &mut Writing<'_>, call: &ActionCall<'_>) -> Option<Value> {
    let collection = call.operation.parameters().last().copied().flatten()?;
    let schema = call.operation.plan().schema_name()?;
    if api().of(collection).schema != Some(schema) {
        return None;
    }
    writing.value(collection, *call.ids.last()?).map(Value::Object)
}

/// Copies the record that the path or the body names. What must be unique gets an ending.
fn copy(
    writing: &mut Writing<'_>,
    collection: CollectionId,
    call: &ActionCall<'_>,
) -> Result<Option<Value>, Problem> {
    let known = api().of(collection);
    if call.operation.plan().schema_name() != known.schema {
        return Ok(None);
    }
    let in_path = call.operation.parameters().last() == Some(&Some(collection));
    let id = match call.ids.last().filter(|_| in_path) {
        Some(id) => *id,
        None => {
            let given = ["id", "copyId", "boardId", "originalId"]
                .iter()
                .find_map(|name| call.body.get(*name)?.as_i64());
            let first =
                writing.state.table(collection).and_then(|table| table.rows().first()).map(|row| row.id);
            match given.filter(|id| writing.state.row(collection, *id).is_some()).or(first) {
                Some(id) => id,
                None => return Ok(None),
            }
        }
    };
    let mut record = writing.existing(collection, id)?;
    let parent = writing.state.row(collection, id).map_or(0, |row| row.parent);
    record.shift_remove("_info");
    for member in ["identifier", "name"] {
        if let Some(Value::String(text)) = record.get_mut(member) {
            text.push_str(" (copy)");
        }
    }
    let given: Map<String, Value> = call.body.as_object().cloned().unwrap_or_default();
    record.extend(
        given.into_iter().filter(|(name, value)| known.resource().member(name).is_some() && !value.is_null()),
    );
    let id = writing.insert(collection, parent, record);
    Ok(writing.value(collection, id).map(Value::Object))
}
