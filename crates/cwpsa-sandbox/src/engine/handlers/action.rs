//! Handles actions. An action that has a rule is performed by the rule, and a copy action copies a record. Any other
//! action is accepted and returns a generated response.

use serde_json::{Map, Value};

use super::context::RequestContext;
use super::{files, generated, response};
use crate::api::{BodyFormat, CollectionId, Purpose, ResponseContent, api, resource};
use crate::connectwise::error::ApiError;
use crate::connectwise::fields::{COPY_SOURCE_FIELDS, INFO, UNIQUE_FIELDS};
use crate::engine::rule::ActionRequest;
use crate::engine::store::prefix_links;
use crate::engine::transaction::{BodyValidator, Transaction, expect_object};
use crate::message::MockResponse;

/// Carries out an action. Returns the response and the validated body.
pub(crate) fn run_action(
    context: &RequestContext<'_>,
    tx: &mut Transaction<'_>,
) -> Result<(MockResponse, Value), ApiError> {
    let ids = context.ids(tx.state)?;
    let details = context.operation.details();
    if details.body == BodyFormat::None && !context.request.body.is_empty() {
        files::store_body(context, tx);
    }
    if details.body == BodyFormat::Multipart {
        files::store_form(context, tx)?;
    }
    let body = validated_body(context, tx)?;
    let request = ActionRequest {
        operation: context.operation,
        path_values: &context.path_values,
        ids: &ids,
        query: &context.request.query,
        body: &body,
        rules: context.rules,
    };
    let mut value = context.rules.run_action(context.index, tx, &request)?;
    if let (None, Purpose::Copy(collection)) = (&value, context.operation.purpose) {
        value = copy(tx, collection, &request)?;
    }
    if value.is_none() {
        value = addressed_record(tx, &request);
    }
    let response = match (details.content, value) {
        (ResponseContent::None, _) => response::no_content(),
        (_, Some(mut value)) => {
            if details.list && !value.is_array() {
                value = Value::Array(vec![value]);
            }
            prefix_links(&mut value, &context.request.base_url);
            response::json(status(context), &value)
        }
        (_, None) => {
            let id = ids.last().copied().unwrap_or(1);
            response::json(status(context), &generated::from_schema(details, id, tx.now, &body))
        }
    };
    Ok((response, body))
}

/// Returns the status of a successful action.
fn status(context: &RequestContext<'_>) -> u16 {
    if matches!(context.operation.purpose, Purpose::Copy(_)) { 201 } else { 200 }
}

/// Returns the body, validated and with its references resolved.
fn validated_body(context: &RequestContext<'_>, tx: &mut Transaction<'_>) -> Result<Value, ApiError> {
    let details = context.operation.details();
    let resource = resource(&details.shape.name);
    let mut validator = BodyValidator::new(&details.shape, resource, context.body_text());
    match details.body {
        BodyFormat::Object => {
            let body = context.body()?;
            let mut record = validator.fields(&expect_object(&body, &details.shape.name)?)?;
            validator.require(&details.required, &record);
            validator.finish()?;
            tx.resolve_references(&details.links, resource, &mut record, |_| true)?;
            Ok(Value::Object(record))
        }
        BodyFormat::Whole => {
            let body = context.body()?;
            let node = details.shape.whole.clone().unwrap_or_default();
            let body = validator.value(&node, None, &body, "")?;
            validator.finish()?;
            Ok(body)
        }
        BodyFormat::Patch => context.body(),
        BodyFormat::None | BodyFormat::Multipart | BodyFormat::UrlEncoded | BodyFormat::Raw => {
            Ok(Value::Null)
        }
    }
}

/// Returns the record that the path identifies, if the action returns records of its kind.
fn addressed_record(tx: &mut Transaction<'_>, request: &ActionRequest<'_>) -> Option<Value> {
    let collection = request.operation.parameters().last().copied().flatten()?;
    let schema = request.operation.details().schema_name()?;
    if api().collection(collection).schema != Some(schema) {
        return None;
    }
    tx.get(collection, *request.ids.last()?).map(Value::Object)
}

/// Copies the record that the path or the body identifies. Fields that must be unique get a suffix.
fn copy(
    tx: &mut Transaction<'_>,
    collection: CollectionId,
    request: &ActionRequest<'_>,
) -> Result<Option<Value>, ApiError> {
    let known = api().collection(collection);
    if request.operation.details().schema_name() != known.schema {
        return Ok(None);
    }
    let in_path = request.operation.parameters().last() == Some(&Some(collection));
    let id = match request.ids.last().filter(|_| in_path) {
        Some(id) => *id,
        None => {
            let given = COPY_SOURCE_FIELDS.iter().find_map(|name| request.body.get(*name)?.as_i64());
            let first = tx.state.table(collection).and_then(|table| table.rows().first()).map(|row| row.id);
            match given.filter(|id| tx.state.row(collection, *id).is_some()).or(first) {
                Some(id) => id,
                None => return Ok(None),
            }
        }
    };
    let mut record = tx.get_or_404(collection, id)?;
    let parent = tx.state.row(collection, id).map_or(0, |row| row.parent);
    record.shift_remove(INFO);
    for field in UNIQUE_FIELDS {
        if let Some(Value::String(text)) = record.get_mut(field) {
            text.push_str(" (copy)");
        }
    }
    let given: Map<String, Value> = request.body.as_object().cloned().unwrap_or_default();
    record.extend(
        given.into_iter().filter(|(name, value)| known.resource().member(name).is_some() && !value.is_null()),
    );
    let id = tx.insert(collection, parent, record);
    Ok(tx.get(collection, id).map(Value::Object))
}
