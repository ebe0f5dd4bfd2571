//! Answers that make, change and remove records.

use serde_json::{Map, Value};

use super::list::{self, parameter};
use super::{Called, read, reply};
use crate::api::{BodyFormat, CollectionId, Plan, Purpose, ResponseContent, api};
use crate::call::Answer;
use crate::clock;
use crate::problem::Problem;
use crate::seed::sample;
use crate::write::Writing;

pub(super) fn write(called: &Called<'_>, writing: &mut Writing<'_>) -> Result<Answer, Problem> {
    let ids = called.ids(writing.state)?;
    let last = ids.last().copied().unwrap_or_default();
    let plan = called.operation.plan();
    match called.operation.purpose {
        Purpose::Create(collection) => {
            let parent = if api().of(collection).parents.is_empty() { 0 } else { last };
            let body = match called.body()? {
                Value::Null if plan.body == BodyFormat::None => Value::Object(Map::new()),
                body => body,
            };
            let id = writing.create(collection, plan, parent, &body, called.text())?;
            let path = format!("{}/{id}", called.path());
            read::one(writing.state, called, collection, id, 201, &path)
        }
        Purpose::Replace(collection) => {
            writing.replace(collection, plan, last, &called.body()?, called.text())?;
            read::one(writing.state, called, collection, last, 200, &called.path())
        }
        Purpose::Patch(collection) => {
            writing.patch(collection, plan, last, &called.body()?, called.text())?;
            read::one(writing.state, called, collection, last, 200, &called.path())
        }
        Purpose::Delete(collection) => {
            // Some deletions answer what was there.
            let answer = match plan.content {
                ResponseContent::None => reply::nothing(),
                _ => read::one(writing.state, called, collection, last, 200, &called.path())?,
            };
            writing.delete(collection, last)?;
            Ok(answer)
        }
        Purpose::Clear(collection) => {
            clear(called, writing, collection, &ids)?;
            Ok(reply::nothing())
        }
        Purpose::ReplaceSingle(collection) | Purpose::PatchSingle(collection) => {
            single(called, writing, collection, plan, &ids)
        }
        _ => Err(Problem::no_endpoint()),
    }
}

/// Removes the records of a list, or those whose `id` the query names.
fn clear(
    called: &Called<'_>,
    writing: &mut Writing<'_>,
    collection: CollectionId,
    ids: &[i64],
) -> Result<(), Problem> {
    let known = api().of(collection);
    if let Some(id) = parameter(&called.call.query, "id") {
        let row = writing.state.named(
            collection,
            id,
            (!known.parents.is_empty()).then(|| ids.last().copied()).flatten(),
        );
        let id = row.ok_or_else(|| Problem::not_found(&known.noun(), id))?.id;
        return writing.delete(collection, id);
    }
    let rows = list::found(writing.state, collection, ids, &list::Query::default())?;
    let all: Vec<i64> = rows.iter().map(|row| row.id).collect();
    all.into_iter().for_each(|id| writing.remove(collection, id));
    Ok(())
}

/// Changes the one record that there is.
fn single(
    called: &Called<'_>,
    writing: &mut Writing<'_>,
    collection: CollectionId,
    plan: &Plan,
    ids: &[i64],
) -> Result<Answer, Problem> {
    let known = api().of(collection);
    let body = called.body()?;
    // An answer of another schema than the records' is a summary of them.
    if plan.schema_name() != known.schema {
        return Ok(reply::json(200, &read::declared(plan, 1, writing.now, &body)));
    }
    let parent = ids.last().copied();
    writing.ensure(collection);
    let table = writing.state.table(collection);
    let found = table.and_then(|table| match parent {
        Some(parent) => table.under(parent).first().copied(),
        None => table.rows().first().map(|row| row.id),
    });
    let id = match found {
        Some(id) => id,
        None => {
            let record: Map<String, Value> =
                sample(known.schema.unwrap_or_default(), 1, &clock::text(writing.now));
            writing.insert(collection, parent.unwrap_or_default(), record)
        }
    };
    if matches!(called.operation.purpose, Purpose::PatchSingle(_)) {
        writing.patch(collection, plan, id, &body, called.text())?;
    } else {
        writing.replace(collection, plan, id, &body, called.text())?;
    }
    read::one(writing.state, called, collection, id, 200, &called.path())
}
