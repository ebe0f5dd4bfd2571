//! Answers that change nothing.

use serde_json::{Map, Value, json};

use super::list::{self, Query};
use super::{Called, files, reply};
use crate::api::{BodyFormat, CollectionId, Member, Plan, Purpose, Schema, api, resource};
use crate::call::Answer;
use crate::clock;
use crate::problem::Problem;
use crate::query::Projection;
use crate::rules::rules;
use crate::seed::{sample, sample_inline};
use crate::store::{Hrefs, Row, State, render, rooted};
use crate::write::{noun, uses};

/// Answers a page of records.
pub(super) fn list(state: &State, called: &Called<'_>, collection: CollectionId) -> Result<Answer, Problem> {
    let ids = called.ids(state)?;
    let plan = called.operation.plan();
    if let Schema::Inline(node) = &plan.schema {
        let item = sample_inline(node, 1, &clock::text(state.began));
        return Ok(reply::json(200, &Value::Array(vec![item])));
    }
    let body = if plan.body == BodyFormat::Object { called.body()? } else { Value::Null };
    let mut query = Query::new(&called.call.query, called.forward_only());
    search_body(&body, &mut query)?;
    let page = list::page(state, collection, &ids, &query)?;
    let shown = rules().view(collection).map_or(collection, |view| view.of);
    let base = called.path();
    let mut body = vec![b'['];
    for (at, row) in page.rows.iter().enumerate() {
        if at > 0 {
            body.push(b',');
        }
        let path = format!("{base}/{}", row.id);
        record(called, shown, row, plan, &path, query.fields, &mut body);
    }
    body.push(b']');
    let mut answer = reply::text(200, body);
    if let Some(links) = page.links {
        let url = format!("{}{base}", called.call.root);
        reply::header(&mut answer, "link", &list::link_header(&url, &called.call.query, &links));
    }
    Ok(answer)
}

/// Takes the filters out of a search's body.
fn search_body<'b>(body: &'b Value, query: &mut Query<'b>) -> Result<(), Problem> {
    for (at, (name, value)) in body.as_object().into_iter().flatten().enumerate() {
        let text = value.as_str().filter(|text| !text.trim().is_empty());
        let place = match name.to_ascii_lowercase().as_str() {
            "conditions" => &mut query.conditions,
            "orderby" => &mut query.order_by,
            "childconditions" => &mut query.child_conditions,
            "customfieldconditions" => &mut query.custom_field_conditions,
            _ => return Err(Problem::unknown_member(name, "FilterValues", name, at + 1)),
        };
        *place = text.or(*place);
    }
    Ok(())
}

/// Writes a record as the operation answers it.
fn record(
    called: &Called<'_>,
    collection: CollectionId,
    row: &Row,
    plan: &Plan,
    path: &str,
    fields: Option<&str>,
    out: &mut Vec<u8>,
) {
    let known = api().of(collection);
    // A twin that shows less.
    let narrow = plan.schema_name().filter(|schema| Some(*schema) != known.schema).map(resource);
    let narrow = narrow.filter(|narrow| !narrow.members.is_empty());
    let only = |name: &str| narrow.is_none_or(|narrow| narrow.member(name).is_some());
    let root = &called.call.root;
    let hrefs = Hrefs { root, path: narrow.is_none().then_some(path), children: &known.children };
    match fields {
        None => render(&row.record, hrefs, narrow.is_some().then_some(&only as &dyn Fn(&str) -> bool), out),
        Some(fields) => {
            let mut value: Map<String, Value> = row.record.value();
            value.retain(|name, _| only(name));
            let mut value = Value::Object(value);
            rooted(&mut value, root);
            out.extend_from_slice(Projection::parse(fields).apply(&value).to_string().as_bytes());
        }
    }
}

/// Answers one record, in a list where the operation says so.
pub(super) fn one(
    state: &State,
    called: &Called<'_>,
    collection: CollectionId,
    id: i64,
    status: u16,
    path: &str,
) -> Result<Answer, Problem> {
    let plan = called.operation.plan();
    let collection = rules().view(collection).map_or(collection, |view| view.of);
    let row = state.row(collection, id);
    let row = row.ok_or_else(|| Problem::not_found(&api().of(collection).noun(), &id.to_string()))?;
    let mut body = Vec::with_capacity(4096);
    if plan.list {
        body.push(b'[');
    }
    let fields = list::parameter(&called.call.query, "fields").filter(|text| !text.trim().is_empty());
    record(called, collection, row, plan, path, fields.filter(|_| status == 200), &mut body);
    if plan.list {
        body.push(b']');
    }
    Ok(reply::text(status, body))
}

/// Answers whatever else is read.
pub(super) fn read(state: &State, called: &Called<'_>, now: i64) -> Result<Answer, Problem> {
    let plan = called.operation.plan();
    let ids = called.ids(state)?;
    let last = ids.last().copied();
    match called.operation.purpose {
        Purpose::Read(collection) => {
            one(state, called, collection, last.unwrap_or_default(), 200, &called.path())
        }
        Purpose::Count(collection) => {
            let query = Query::new(&called.call.query, false);
            let count = list::found(state, collection, &ids, &query)?.len();
            Ok(reply::json(200, &json!({"count": count})))
        }
        Purpose::Usages(collection) => {
            Ok(reply::json(200, &usages(state, called, collection, last.unwrap_or_default())))
        }
        Purpose::Single(collection) => {
            let table = state.table(collection);
            let row = table.and_then(|table| match last {
                Some(parent) => table.under(parent).first().and_then(|id| table.get(*id)),
                None => table.rows().first(),
            });
            match row {
                Some(row) => one(state, called, collection, row.id, 200, &called.path()),
                None => Ok(reply::json(200, &declared(plan, last.unwrap_or(1), now, &Value::Null))),
            }
        }
        Purpose::Defaults(collection) => {
            let mut record = sample(api().of(collection).schema.unwrap_or_default(), 0, &clock::text(now));
            record.retain(|_, value| value.is_boolean());
            Ok(reply::json(200, &Value::Object(record)))
        }
        Purpose::Download => files::download(state, called),
        _ => Ok(reply::json(200, &declared(plan, last.unwrap_or(1), now, &Value::Null))),
    }
}

/// Where a record is used, as the API tells it.
fn usages(state: &State, called: &Called<'_>, collection: CollectionId, id: i64) -> Value {
    let found = uses(state, collection, id);
    let rows = found.iter().enumerate().map(|(at, using)| {
        let known = api().of(using.collection);
        let name = noun(&known.noun());
        json!({
            "id": at + 1, "count": using.ids.len(), "description": name, "type": name, "typeKey": using.member,
            "hyperlink": format!("{}{}", called.call.root, known.path),
        })
    });
    rows.collect()
}

/// An answer of the declared shape, with what the body gave for it.
pub(super) fn declared(plan: &Plan, id: i64, now: i64, body: &Value) -> Value {
    let date = clock::text(now);
    let item = match &plan.schema {
        Schema::Nothing => Value::Object(Map::new()),
        Schema::Inline(node) => sample_inline(node, id, &date),
        Schema::Named(name) if name == "SuccessResponse" => json!({"success": true, "message": "Success"}),
        Schema::Named(name) => {
            let mut members = sample(name, id, &date);
            for (member, value) in body.as_object().into_iter().flatten() {
                let scalar = !value.is_object() && !value.is_array() && !value.is_null();
                if scalar && matches!(resource(name).member(member), Some(kind) if fits(kind, value)) {
                    members.insert(member.clone(), value.clone());
                }
            }
            Value::Object(members)
        }
    };
    if plan.list { Value::Array(vec![item]) } else { item }
}

fn fits(member: &Member, value: &Value) -> bool {
    match member {
        Member::Integer => value.is_i64(),
        Member::Number => value.is_number(),
        Member::Boolean => value.is_boolean(),
        Member::Text => value.is_string(),
        _ => false,
    }
}
