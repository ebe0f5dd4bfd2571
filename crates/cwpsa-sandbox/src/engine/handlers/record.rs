//! Responses with one record.

use serde_json::{Map, Value};

use super::context::RequestContext;
use super::response;
use crate::api::{CollectionId, OperationDetails, api, resource};
use crate::connectwise::error::ApiError;
use crate::engine::query::FieldProjection;
use crate::engine::query::listing;
use crate::engine::reference::display_value;
use crate::engine::store::{LinkContext, StoredRow, TenantState, prefix_links, render};
use crate::message::MockResponse;

/// The fields by which excerpts of records show what they are called.
const NAMES: [&str; 2] = ["name", "description"];

/// Renders a record as the operation returns it.
pub(super) fn render_record(
    context: &RequestContext<'_>,
    collection: CollectionId,
    row: &StoredRow,
    details: &OperationDetails,
    path: &str,
    fields: Option<&str>,
    out: &mut Vec<u8>,
) {
    let known = api().collection(collection);
    // An operation whose schema has fewer fields than the record.
    let excerpt = details.schema_name().filter(|schema| Some(*schema) != known.schema).map(resource);
    let excerpt = excerpt.filter(|excerpt| !excerpt.members.is_empty());
    let only = |name: &str| excerpt.is_none_or(|excerpt| excerpt.member(name).is_some());
    let base_url = &context.request.base_url;
    let hrefs = LinkContext { base_url, path: excerpt.is_none().then_some(path), children: &known.children };
    if let (Some(excerpt), None) = (excerpt, fields) {
        // What the record has under another name: a document's title, a schedule entry's name.
        let missing = |name: &&str| excerpt.member(name).is_some() && row.record.get(name).is_none();
        if let Some((name, shown)) = NAMES
            .into_iter()
            .filter(missing)
            .find_map(|name| Some((name, display_value(&row.record, "name")?)))
        {
            let mut value: Map<String, Value> = row.record.to_json();
            value.retain(|name, _| only(name));
            value.insert(name.to_owned(), Value::from(shown));
            let mut value = Value::Object(value);
            prefix_links(&mut value, base_url);
            out.extend_from_slice(value.to_string().as_bytes());
            return;
        }
    }
    match fields {
        None => render(&row.record, hrefs, excerpt.is_some().then_some(&only as &dyn Fn(&str) -> bool), out),
        Some(fields) => {
            let mut value: Map<String, Value> = row.record.to_json();
            value.retain(|name, _| only(name));
            let mut value = Value::Object(value);
            prefix_links(&mut value, base_url);
            out.extend_from_slice(FieldProjection::parse(fields).apply(&value).to_string().as_bytes());
        }
    }
}

/// Returns one record, in a list if the operation says so.
pub(super) fn respond_with_record(
    state: &TenantState,
    context: &RequestContext<'_>,
    collection: CollectionId,
    id: i64,
    status: u16,
    path: &str,
) -> Result<MockResponse, ApiError> {
    let details = context.operation.details();
    let collection = state.overrides.source(collection);
    let row = state.row(collection, id);
    let row =
        row.ok_or_else(|| ApiError::not_found(&api().collection(collection).noun(), &id.to_string()))?;
    let mut body = Vec::with_capacity(4096);
    if details.list {
        body.push(b'[');
    }
    let fields = listing::parameter(&context.request.query, "fields").filter(|text| !text.trim().is_empty());
    render_record(context, collection, row, details, path, fields.filter(|_| status == 200), &mut body);
    if details.list {
        body.push(b']');
    }
    Ok(response::json_text(status, body))
}
