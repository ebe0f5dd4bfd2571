//! Renders the single record that an operation returns.

use serde_json::{Map, Value};

use super::context::RequestContext;
use super::response;
use crate::api::{CollectionId, OperationDetails, Resource, api, resource};
use crate::connectwise::error::ApiError;
use crate::engine::query::FieldProjection;
use crate::engine::query::listing;
use crate::engine::reference::display_value;
use crate::engine::store::{LinkContext, RecordObject, StoredRow, TenantState, prefix_links, render};
use crate::message::MockResponse;

/// The name fields in excerpts of records.
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
    let name = excerpt.filter(|_| fields.is_none()).and_then(|excerpt| missing_name(excerpt, &row.record));
    if fields.is_none() && name.is_none() {
        let only = excerpt.is_some().then_some(&only as &dyn Fn(&str) -> bool);
        return render(&row.record, hrefs, only, out);
    }
    let mut value: Map<String, Value> = row.record.to_json();
    value.retain(|name, _| only(name));
    value.extend(name);
    let mut value = Value::Object(value);
    prefix_links(&mut value, base_url);
    if let Some(fields) = fields {
        value = FieldProjection::parse(fields).apply(&value);
    }
    out.extend_from_slice(value.to_string().as_bytes());
}

/// Returns the name for an excerpt of a record that stores it in a different field: a document's title, a schedule
/// entry's name.
fn missing_name(excerpt: &Resource, record: &RecordObject) -> Option<(String, Value)> {
    let mut names =
        NAMES.into_iter().filter(|name| excerpt.member(name).is_some() && record.get(name).is_none());
    names.find_map(|name| Some((name.to_owned(), Value::from(display_value(record, "name")?))))
}

/// Returns a single record, in a list if the operation returns lists.
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
