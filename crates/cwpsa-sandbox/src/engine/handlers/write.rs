//! Handles requests that create, replace, patch and delete records.

use serde_json::{Map, Value};

use super::context::RequestContext;
use super::record::respond_with_record;
use super::{generated, response};
use crate::api::{BodyFormat, CollectionId, OperationDetails, Purpose, ResponseContent, api};
use crate::connectwise::date;
use crate::connectwise::error::ApiError;
use crate::engine::crud;
use crate::engine::query::listing::{self, ListParameters, parameter};
use crate::engine::synthetic::sample;
use crate::engine::transaction::Transaction;
use crate::message::MockResponse;

/// The template of a single callback.
const CALLBACK: &str = "/system/callbacks/{}";

/// Handles a write to a single record or a complete collection.
pub(crate) fn write(
    context: &RequestContext<'_>,
    tx: &mut Transaction<'_>,
) -> Result<MockResponse, ApiError> {
    let ids = context.ids(tx.state).map_err(|error| match context.operation.template.as_str() {
        // Observed: the API returns "no endpoint" for a callback that doesn't exist.
        CALLBACK if error.status == 404 => ApiError::no_endpoint(),
        _ => error,
    })?;
    let last = ids.last().copied().unwrap_or_default();
    let details = context.operation.details();
    match context.operation.purpose {
        Purpose::Create(collection) => {
            let parent = if api().collection(collection).parents.is_empty() { 0 } else { last };
            let body = match context.body()? {
                Value::Null if details.body == BodyFormat::None => Value::Object(Map::new()),
                body => body,
            };
            let id = crud::create(context.rules, tx, collection, parent, context.write_body(&body))?;
            let path = format!("{}/{id}", context.path());
            respond_with_record(tx.state, context, collection, id, 201, &path)
        }
        Purpose::Replace(collection) => {
            let body = context.body()?;
            crud::replace(context.rules, tx, collection, last, context.write_body(&body))?;
            respond_with_record(tx.state, context, collection, last, 200, &context.path())
        }
        Purpose::Patch(collection) => {
            let body = context.body()?;
            crud::patch(context.rules, tx, collection, last, context.write_body(&body))?;
            respond_with_record(tx.state, context, collection, last, 200, &context.path())
        }
        Purpose::Delete(collection) => {
            // Some deletions return the deleted record.
            let response = match details.content {
                ResponseContent::None => response::no_content(),
                _ => respond_with_record(tx.state, context, collection, last, 200, &context.path())?,
            };
            crud::delete(context.rules, tx, collection, last)?;
            Ok(response)
        }
        Purpose::Clear(collection) => {
            clear(context, tx, collection, &ids)?;
            Ok(response::no_content())
        }
        Purpose::ReplaceSingle(collection) | Purpose::PatchSingle(collection) => {
            write_single(context, tx, collection, details, &ids)
        }
        _ => Err(ApiError::no_endpoint()),
    }
}

/// Deletes all records in a list, or the one whose `id` is in the query.
fn clear(
    context: &RequestContext<'_>,
    tx: &mut Transaction<'_>,
    collection: CollectionId,
    ids: &[i64],
) -> Result<(), ApiError> {
    let known = api().collection(collection);
    if let Some(id) = parameter(&context.request.query, "id") {
        let row = tx.state.find_by_path_value(
            collection,
            id,
            (!known.parents.is_empty()).then(|| ids.last().copied()).flatten(),
        );
        let id = row.ok_or_else(|| ApiError::not_found(&known.noun(), id))?.id;
        return crud::delete(context.rules, tx, collection, id);
    }
    let rows = listing::find_all(tx.state, collection, ids, &ListParameters::default())?;
    let all: Vec<i64> = rows.iter().map(|row| row.id).collect();
    all.into_iter().for_each(|id| tx.remove(collection, id));
    Ok(())
}

/// Changes the only record in a collection.
fn write_single(
    context: &RequestContext<'_>,
    tx: &mut Transaction<'_>,
    collection: CollectionId,
    details: &OperationDetails,
    ids: &[i64],
) -> Result<MockResponse, ApiError> {
    let known = api().collection(collection);
    let body = context.body()?;
    // A response with a schema other than the record's is a summary.
    if details.schema_name() != known.schema {
        return Ok(response::json(200, &generated::from_schema(details, 1, tx.now, &body)));
    }
    let parent = ids.last().copied();
    tx.ensure(collection);
    let table = tx.state.table(collection);
    let found = table.and_then(|table| match parent {
        Some(parent) => table.children_of(parent).first().copied(),
        None => table.rows().first().map(|row| row.id),
    });
    let id = match found {
        Some(id) => id,
        None => {
            let record: Map<String, Value> =
                sample(known.schema.unwrap_or_default(), 1, &date::format(tx.now));
            tx.insert(collection, parent.unwrap_or_default(), record)
        }
    };
    if matches!(context.operation.purpose, Purpose::PatchSingle(_)) {
        crud::patch(context.rules, tx, collection, id, context.write_body(&body))?;
    } else {
        crud::replace(context.rules, tx, collection, id, context.write_body(&body))?;
    }
    respond_with_record(tx.state, context, collection, id, 200, &context.path())
}
