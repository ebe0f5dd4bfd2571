//! Handles bulk operations. Each record is written or rejected individually, and the response lists the results.

use serde_json::Value;

use super::context::RequestContext;
use super::response;
use crate::api::{CollectionId, OperationDetails, api};
use crate::connectwise::bodies::{self, BULK_IDS};
use crate::connectwise::error::ApiError;
use crate::connectwise::messages::type_names;
use crate::engine::crud;
use crate::engine::transaction::Transaction;
use crate::engine::write_body::WriteBody;
use crate::message::MockResponse;

/// Writes or deletes several records.
pub(crate) fn write_many(
    context: &RequestContext<'_>,
    tx: &mut Transaction<'_>,
    collection: CollectionId,
) -> Result<MockResponse, ApiError> {
    let ids = context.ids(tx.state)?;
    let parent = ids.last().copied().unwrap_or_default();
    let body = context.body()?;
    let method = context.request.method.as_str();
    let items: Vec<Value> = match (&body, method) {
        (Value::Array(items), _) => items.clone(),
        (Value::Object(members), "DELETE") => {
            members.get(BULK_IDS).and_then(Value::as_array).cloned().unwrap_or_default()
        }
        (Value::Null, "DELETE") => Vec::new(),
        (other, _) => return Err(ApiError::unconvertible(other, type_names::LIST, "")),
    };
    let mut payload = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let savepoint = tx.savepoint();
        let result = match method {
            "POST" => create(context, tx, collection, parent, item),
            "PUT" => replace(context, tx, collection, parent, item),
            _ => delete(context, tx, collection, parent, item),
        };
        payload.push(match result {
            Ok((status, id)) => bodies::bulk_success(index, status, id),
            Err(error) => {
                tx.rollback_to(savepoint);
                bodies::bulk_error(index, &error)
            }
        });
    }
    Ok(response::json(207, &bodies::bulk(payload)))
}

/// Returns the details of the operation that writes a single record.
fn details(context: &RequestContext<'_>, writer: Option<usize>) -> &'static OperationDetails {
    writer.map_or_else(|| context.operation.details(), |writer| api().operations[writer].details())
}

fn create(
    context: &RequestContext<'_>,
    tx: &mut Transaction<'_>,
    collection: CollectionId,
    parent: i64,
    item: &Value,
) -> Result<(u16, i64), ApiError> {
    let details = details(context, api().collection(collection).writer());
    let body = WriteBody { details, value: item, text: &item.to_string() };
    let id = crud::create(context.rules, tx, collection, parent, body)?;
    Ok((201, id))
}

fn replace(
    context: &RequestContext<'_>,
    tx: &mut Transaction<'_>,
    collection: CollectionId,
    parent: i64,
    item: &Value,
) -> Result<(u16, i64), ApiError> {
    let known = api().collection(collection);
    let details = details(context, known.replace.or(known.create));
    let id = item.get("id").and_then(Value::as_i64);
    let id = id.ok_or_else(ApiError::id_required)?;
    check_parent(tx, collection, parent, id)?;
    let body = WriteBody { details, value: item, text: &item.to_string() };
    crud::replace(context.rules, tx, collection, id, body)?;
    Ok((200, id))
}

fn delete(
    context: &RequestContext<'_>,
    tx: &mut Transaction<'_>,
    collection: CollectionId,
    parent: i64,
    item: &Value,
) -> Result<(u16, i64), ApiError> {
    let id = item.as_i64().or_else(|| item.get("id")?.as_i64());
    let id = id.ok_or_else(|| ApiError::unconvertible(item, type_names::INTEGER, BULK_IDS))?;
    check_parent(tx, collection, parent, id)?;
    crud::delete(context.rules, tx, collection, id)?;
    Ok((204, id))
}

/// Checks that the record is nested under the one in the path.
fn check_parent(
    tx: &mut Transaction<'_>,
    collection: CollectionId,
    parent: i64,
    id: i64,
) -> Result<(), ApiError> {
    let known = api().collection(collection);
    let row = tx.state.row(collection, id);
    match row.filter(|row| known.parents.is_empty() || row.parent == parent) {
        Some(_) => Ok(()),
        None => Err(ApiError::not_found(&known.noun(), &id.to_string())),
    }
}
