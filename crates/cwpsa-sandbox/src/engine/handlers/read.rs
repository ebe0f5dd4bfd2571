//! Handles requests that read lists, records, counts and usages.

use serde_json::Value;

use super::context::RequestContext;
use super::record::{render_record, respond_with_record};
use super::{files, generated, response};
use crate::api::{BodyFormat, CollectionId, Purpose, ResponseSchema, api};
use crate::connectwise::bodies;
use crate::connectwise::date;
use crate::connectwise::error::ApiError;
use crate::connectwise::fields::spaced;
use crate::connectwise::messages::type_names;
use crate::engine::query::listing::{self, ListParameters};
use crate::engine::store::TenantState;
use crate::engine::synthetic::{sample, sample_inline};
use crate::engine::transaction::find_uses;
use crate::message::MockResponse;

/// Returns a page of records.
pub(crate) fn list(
    state: &TenantState,
    context: &RequestContext<'_>,
    collection: CollectionId,
) -> Result<MockResponse, ApiError> {
    let ids = context.ids(state)?;
    let details = context.operation.details();
    if let ResponseSchema::Inline(node) = &details.schema {
        let item = sample_inline(node, 1, &date::format(state.created_at));
        return Ok(response::json(200, &Value::Array(vec![item])));
    }
    let body = if details.body == BodyFormat::Object { context.body()? } else { Value::Null };
    let mut query = ListParameters::new(&context.request.query, context.is_forward_only());
    read_search_body(&body, &mut query)?;
    let page = listing::find_page(state, collection, &ids, &query)?;
    let source = state.overrides.source(collection);
    let base = context.path();
    let mut body = vec![b'['];
    for (at, row) in page.rows.iter().enumerate() {
        if at > 0 {
            body.push(b',');
        }
        let path = format!("{base}/{}", row.id);
        render_record(context, source, row, details, &path, query.fields, &mut body);
    }
    body.push(b']');
    let mut page_response = response::json_text(200, body);
    if let Some(links) = page.links {
        let url = format!("{}{base}", context.request.base_url);
        response::insert_header(
            &mut page_response,
            "link",
            &listing::link_header(&url, &context.request.query, &links),
        );
    }
    Ok(page_response)
}

/// Reads the conditions in a search body.
fn read_search_body<'b>(body: &'b Value, query: &mut ListParameters<'b>) -> Result<(), ApiError> {
    for (at, (name, value)) in body.as_object().into_iter().flatten().enumerate() {
        let text = value.as_str().filter(|text| !text.trim().is_empty());
        let parameter = match name.to_ascii_lowercase().as_str() {
            "conditions" => &mut query.conditions,
            "orderby" => &mut query.order_by,
            "childconditions" => &mut query.child_conditions,
            "customfieldconditions" => &mut query.custom_field_conditions,
            _ => return Err(ApiError::unknown_field(name, type_names::SEARCH, name, at + 1)),
        };
        *parameter = text.or(*parameter);
    }
    Ok(())
}

/// Handles every read other than a list.
pub(crate) fn read(
    state: &TenantState,
    context: &RequestContext<'_>,
    now: i64,
) -> Result<MockResponse, ApiError> {
    let details = context.operation.details();
    let ids = context.ids(state)?;
    let last = ids.last().copied();
    match context.operation.purpose {
        Purpose::Read(collection) => {
            respond_with_record(state, context, collection, last.unwrap_or_default(), 200, &context.path())
        }
        Purpose::Count(collection) => {
            let query = ListParameters::new(&context.request.query, false);
            let count = listing::find_all(state, collection, &ids, &query)?.len();
            Ok(response::json(200, &bodies::count(count)))
        }
        Purpose::Usages(collection) => {
            Ok(response::json(200, &usages(state, context, collection, last.unwrap_or_default())))
        }
        Purpose::Single(collection) => {
            let table = state.table(collection);
            let row = table.and_then(|table| match last {
                Some(parent) => table.children_of(parent).first().and_then(|id| table.get(*id)),
                None => table.rows().first(),
            });
            match row {
                Some(row) => respond_with_record(state, context, collection, row.id, 200, &context.path()),
                None => Ok(response::json(
                    200,
                    &generated::from_schema(details, last.unwrap_or(1), now, &Value::Null),
                )),
            }
        }
        Purpose::Defaults(collection) => {
            let mut record =
                sample(api().collection(collection).schema.unwrap_or_default(), 0, &date::format(now));
            record.retain(|_, value| value.is_boolean());
            Ok(response::json(200, &Value::Object(record)))
        }
        Purpose::Download => files::download(state, context),
        _ => Ok(response::json(200, &generated::from_schema(details, last.unwrap_or(1), now, &Value::Null))),
    }
}

/// Returns where a record is used.
fn usages(state: &TenantState, context: &RequestContext<'_>, collection: CollectionId, id: i64) -> Value {
    let found = find_uses(state, collection, id);
    let rows = found.iter().enumerate().map(|(at, using)| {
        let known = api().collection(using.collection);
        let name = spaced(&known.noun());
        let url = format!("{}{}", context.request.base_url, known.path);
        bodies::usage(at, using.ids.len(), &name, &using.member, &url)
    });
    rows.collect()
}
