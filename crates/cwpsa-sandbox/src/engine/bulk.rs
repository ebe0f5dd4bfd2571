//! Many records in one call: each is written or refused by itself, and the answer says which.

use serde_json::{Value, json};

use super::{Called, reply};
use crate::api::{CollectionId, Plan, api};
use crate::call::Answer;
use crate::problem::Problem;
use crate::write::Writing;

pub(super) fn bulk(
    called: &Called<'_>,
    writing: &mut Writing<'_>,
    collection: CollectionId,
) -> Result<Answer, Problem> {
    let ids = called.ids(writing.state)?;
    let parent = ids.last().copied().unwrap_or_default();
    let body = called.body()?;
    let method = called.call.method.as_str();
    let items: Vec<Value> = match (&body, method) {
        (Value::Array(items), _) => items.clone(),
        (Value::Object(members), "DELETE") => {
            members.get("ids").and_then(Value::as_array).cloned().unwrap_or_default()
        }
        (Value::Null, "DELETE") => Vec::new(),
        (other, _) => return Err(Problem::unconvertible(other, "System.Collections.Generic.List", "")),
    };
    let mut payload = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let mark = writing.mark();
        let done = match method {
            "POST" => create(called, writing, collection, parent, item),
            "PUT" => replace(called, writing, collection, parent, item),
            _ => delete(writing, collection, parent, item),
        };
        payload.push(match done {
            Ok((status, id)) => {
                json!({"success": true, "originalIndex": index, "statusCode": status, "data": {"id": id}})
            }
            Err(problem) => {
                writing.undo_to(mark);
                json!({
                    "success": false, "originalIndex": index, "statusCode": problem.status, "error": problem.body(),
                })
            }
        });
    }
    Ok(reply::json(207, &json!({"payload": payload})))
}

/// The plan of the operation that writes one record.
fn plan(called: &Called<'_>, writer: Option<usize>) -> &'static Plan {
    writer.map_or_else(|| called.operation.plan(), |writer| api().operations[writer].plan())
}

fn create(
    called: &Called<'_>,
    writing: &mut Writing<'_>,
    collection: CollectionId,
    parent: i64,
    item: &Value,
) -> Result<(u16, i64), Problem> {
    let plan = plan(called, api().of(collection).writer());
    let id = writing.create(collection, plan, parent, item, &item.to_string())?;
    Ok((201, id))
}

fn replace(
    called: &Called<'_>,
    writing: &mut Writing<'_>,
    collection: CollectionId,
    parent: i64,
    item: &Value,
) -> Result<(u16, i64), Problem> {
    let known = api().of(collection);
    let plan = plan(called, known.replace.or(known.create));
    let id = item.get("id").and_then(Value::as_i64);
    let id = id.ok_or_else(|| Problem::new(400, "InvalidObject", "The id field is required."))?;
    below(writing, collection, parent, id)?;
    writing.replace(collection, plan, id, item, &item.to_string())?;
    Ok((200, id))
}

fn delete(
    writing: &mut Writing<'_>,
    collection: CollectionId,
    parent: i64,
    item: &Value,
) -> Result<(u16, i64), Problem> {
    let id = item.as_i64().or_else(|| item.get("id")?.as_i64());
    let id = id.ok_or_else(|| Problem::unconvertible(item, "System.Int32", "ids"))?;
    below(writing, collection, parent, id)?;
    writing.delete(collection, id)?;
    Ok((204, id))
}

/// Whether the record hangs where the path says.
fn below(writing: &mut Writing<'_>, collection: CollectionId, parent: i64, id: i64) -> Result<(), Problem> {
    let known = api().of(collection);
    let row = writing.state.row(collection, id);
    match row.filter(|row| known.parents.is_empty() || row.parent == parent) {
        Some(_) => Ok(()),
        None => Err(Problem::not_found(&known.noun(), &id.to_string())),
    }
}
